package tfkit

import (
	"context"
	"errors"
	"fmt"
	"regexp"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
)

// An OptionalClient is the client of a provider of which much needs none: so no secret has to be
// set, and a setting may be known only after apply. Who needs the client learns why there is none.
type OptionalClient[C any] struct {
	client C
	// summary and detail say why there is none.
	summary, detail string
}

// A ClientSource is how the settings of a provider block become a client.
type ClientSource[C interface{ Secrets() []*regexp.Regexp }] struct {
	// Service is the vendor's.
	Service *httpapi.Service
	// Config is the client's, with its settings from the block and from the environment.
	Config httpapi.Config
	// HasSecret is true if a setting of the vendor's own has a secret.
	HasSecret bool
	// New makes the client of the vendor.
	New func(httpapi.Config) (C, error)
	// Log is where it writes.
	Log *ClientLog
}

// Configure makes what the resources and data sources of a provider get. It sends nothing. Settings
// that are wrong are errors.
func (s ClientSource[C]) Configure(_ context.Context, req provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	o := &OptionalClient[C]{}
	defer func() { resp.ResourceData, resp.DataSourceData = o, o }()
	unknown, err := Unknown(req.Config)
	if err != nil {
		resp.Diagnostics.AddError("Invalid provider configuration", err.Error())
		return
	}
	if len(unknown) > 0 {
		o.summary, o.detail = NotKnown(unknown[0], s.Service.Name)
		return
	}
	secret := s.Service.Secret
	if s.Config.Secret == "" && s.Config.SecretFile == "" && !s.HasSecret {
		o.summary = fmt.Sprintf("No %s is set", secret.Noun)
		o.detail = fmt.Sprintf("%s has to be asked for this. "+
			"Set the environment variable %s (or %s in the provider block) to %s, or %s to the path of a file that holds it.",
			s.Service.Name, s.Service.Environment[secret.Field], secret.Field, secret.Wanted, secret.File)
		return
	}
	client, err := s.New(s.Config)
	if err != nil {
		AddConfigErrors(&resp.Diagnostics, err)
		return
	}
	s.Log.Mask(client.Secrets())
	o.client = client
}

// Get returns the client, or reports why there is none, at what needs it.
func (o *OptionalClient[C]) Get(diags *diag.Diagnostics) (client C, ok bool) {
	if o.summary != "" {
		diags.AddError(o.summary, o.detail)
		return client, false
	}
	return o.client, true
}

// ClientOf reads what a resource or a data source is configured with. It is nil as long as the
// provider is not configured, as in a validation.
func ClientOf[C any](providerData any) *OptionalClient[C] {
	o, _ := providerData.(*OptionalClient[C])
	return o
}

// A Failure is something that was asked of a vendor and failed.
type Failure struct {
	// At is the attribute that it is about; empty for the whole.
	At path.Path
	// Doing says what failed, to precede "failed": "Reading the accounts".
	Doing string
	// Needs says what a 403 may mean.
	Needs string
	// Advice is what to do, where the vendor's client knows better than the kit; empty else.
	Advice string
}

// Add reports the error, with what the server answered and what to do.
func (f Failure) Add(diags *diag.Diagnostics, service *httpapi.Service, err error) {
	var failed *httpapi.Error
	if !errors.As(err, &failed) {
		diags.AddAttributeError(f.At, f.Doing+" failed", Sentence(err.Error())+paragraph(f.Advice))
		return
	}
	secret := service.Secret
	summary, advice := failed.Explain(httpapi.Audience{
		Spell:  httpapi.Field.String,
		Source: func(setting httpapi.Field) string { return string(setting) + " of the provider block" }, Run: "Terraform",
		Token: fmt.Sprintf("Set %s to a valid one.", service.Environment[secret.Field]), Forbidden: f.Needs,
	})
	if f.Advice != "" {
		advice = f.Advice
	}
	at := f.At
	if failed.IsOfAll() {
		at = path.Empty() // No attribute of the resource is wrong.
	}
	diags.AddAttributeError(at, summary, Sentence(f.Doing+" failed: "+err.Error())+paragraph(advice))
}
