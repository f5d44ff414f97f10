package baselineprovider

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/access/baseline"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
)

// The summaries of what is refused.
const (
	invalidGrants      = "Invalid grants"
	invalidAttestation = "Invalid attestation"
	invalidRules       = "Invalid rules"
)

// A configuration is what somebody wrote.
type configuration struct {
	Declared
	organization string
	grants       baseline.Written
	attestation  *baseline.WrittenAttestation
	interval     int
	settings     baseline.Settings
	// unknown are the parts that are only known after apply.
	unknown path.Paths
}

// read reads a configuration, a plan or a state.
func (r *baselineResource) read(ctx context.Context, from source) (configuration, diag.Diagnostics) {
	a := &Attributes{ctx: ctx, source: from}
	c := configuration{
		Declared: r.Declare(a), organization: a.Text(r.Organization), grants: a.grants(path.Root(attrGrants)),
		interval: a.integer(attrInterval), attestation: a.attestation(),
	}
	c.settings = a.settings(c.Model.Rules)
	c.unknown = a.unknown
	return c, a.diags
}

func (a *Attributes) attestation() *baseline.WrittenAttestation {
	var value types.Object
	a.get(attrAttestation, &value)
	at := path.Root(attrAttestation)
	if value.IsNull() || a.isUnknown(value, at) {
		return nil
	}
	text := func(name string) string {
		cell, _ := value.Attributes()[name].(types.String)
		a.isUnknown(cell, at.AtName(name))
		return cell.ValueString()
	}
	return &baseline.WrittenAttestation{
		By: text(attrBy), On: text(attrOn), Digest: text(attrDigest), Reference: text(attrReference), Observed: a.grants(at.AtName(attrObserved)),
	}
}

// settings reads those of rules, and reports what is wrong with them.
func (a *Attributes) settings(rules baseline.Catalogue) baseline.Settings {
	var value types.Map
	a.get(attrRules, &value)
	settings := baseline.Settings{}
	elements := a.elements(value, path.Root(attrRules))
	for _, id := range sortedKeys(elements) {
		at := path.Root(attrRules).AtMapKey(id)
		rule, ok := elements[id].(types.Object)
		if !ok || a.isUnknown(rule, at) {
			continue
		}
		setting := review.RuleSetting{Parameters: map[string]int{}}
		if severity, isText := rule.Attributes()[attrSeverity].(types.String); isText && !a.isUnknown(severity, at.AtName(attrSeverity)) {
			setting.Severity = review.Severity(severity.ValueString())
		}
		for name, parameter := range a.elements(rule.Attributes()[attrParameters], at.AtName(attrParameters)) {
			number, isNumber := parameter.(types.Int64)
			if isNumber && !a.isUnknown(number, at.AtName(attrParameters).AtMapKey(name)) {
				setting.Parameters[name] = int(number.ValueInt64())
			}
		}
		if err := rules.Check(baseline.Settings{id: setting}); err != nil {
			a.Refuse(at, invalidRules, "%s", sentence(err.Error()))
			continue
		}
		if id == baseline.RuleUnattested && setting.Severity == review.Deny {
			a.Refuse(at, invalidRules, "The rule %s cannot deny: a change has to be applied before anybody can attest it.", id)
		}
		settings[id] = setting
	}
	return settings
}

// parse checks the configuration as far as it is known. What it returns is of use if there is
// no error and all is known.
func (v *Vendor) parse(c configuration, now time.Time) (baseline.Baseline, *baseline.Attestation, diag.Diagnostics) {
	var diags diag.Diagnostics
	isKnown := func(name string) bool {
		return !slices.ContainsFunc(c.unknown, func(at path.Path) bool { return isWithin(at, name) })
	}
	if !isKnown(v.Places) {
		return baseline.Baseline{}, nil, diags
	}
	b, problems := c.Model.Parse(c.organization, c.Places, c.grants)
	for _, p := range problems {
		diags.AddAttributeError(pathOfGrant(path.Root(attrGrants), p.Path), invalidGrants, sentence(p.Error()))
	}
	if c.attestation == nil || !isKnown(attrAttestation) {
		return b, nil, diags
	}
	a, problems := b.ParseAttestation(*c.attestation, now)
	for _, p := range problems {
		at := path.Root(attrAttestation)
		if len(p.Path) > 0 {
			at = pathOfGrant(at.AtName(p.Path[0]), p.Path[1:])
		}
		diags.AddAttributeError(at, invalidAttestation, sentence(p.Error()))
	}
	return b, &a, diags
}

// pathOfGrant leads to a place, a role there, and a principal who is to have it.
func pathOfGrant(at path.Path, steps []string) path.Path {
	for i, step := range steps {
		if i < 2 {
			at = at.AtMapKey(step)
		}
	}
	return at
}

// refuseUnknownAttestation reports what of an attestation is only known after apply.
func refuseUnknownAttestation(unknown path.Paths, diags *diag.Diagnostics) {
	for _, at := range unknown {
		if isWithin(at, attrAttestation) {
			diags.AddAttributeError(at, "Attestation not known at plan time", fmt.Sprintf(
				"%s is only known after apply. "+
					"An attestation is what a person saw and wrote down before, so write it by hand; timestamp() and what a pipeline computes are no such thing.", at))
		}
	}
}

// sentence makes one of a message.
func sentence(message string) string {
	message = strings.TrimRight(strings.TrimSpace(message), ".")
	if message == "" {
		return ""
	}
	if last := message[len(message)-1]; last != '?' && last != '!' {
		message += "."
	}
	return message
}
