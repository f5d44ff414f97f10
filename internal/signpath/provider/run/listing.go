package run

import (
	"context"
	"fmt"
	"iter"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"golang.org/x/sync/errgroup"
)

// A Listing is one run of a list resource. It passes on what is found until
// Terraform has as many as it asked for.
type Listing struct {
	*Session
	req  list.ListRequest
	push func(list.ListResult) bool
	// left is how many results are still asked for.
	left int64
}

// Stream runs find when Terraform asks for the first result.
func (s *Session) Stream(req list.ListRequest, stream *list.ListResultsStream, find func(*Listing)) {
	stream.Results = func(push func(list.ListResult) bool) {
		if l := (&Listing{Session: s, req: req, push: push, left: req.Limit}); !l.IsDone() {
			find(l)
		}
	}
}

// IsDone tells whether Terraform wants no more.
func (l *Listing) IsDone() bool { return l.left <= 0 }

// A ListedObject is something that a list resource found.
type ListedObject struct {
	// name tells people what it is.
	Name     string
	Identity IdentityData
	// fill writes the state of the resource.
	Fill func(to *tfsdk.Resource, diags *diag.Diagnostics)
}

// Found passes an object on. One that no configuration can describe is left out,
// with a warning that says why: what is generated from it would be refused.
func (l *Listing) Found(ctx context.Context, o ListedObject) {
	result := l.req.NewListResult(ctx)
	result.DisplayName = o.Name
	o.Identity.Set(ctx, result.Identity, &result.Diagnostics)
	o.Fill(result.Resource, &result.Diagnostics)
	result.Diagnostics.Append(result.Resource.SetAttribute(ctx, path.Root(AttrOrganizationID), l.Client.OrganizationID())...)
	if refused := refusedValues(ctx, result.Resource); refused.HasError() && !result.Diagnostics.HasError() {
		l.Report(leftOut(o.Name, refused))
		return
	}
	l.left--
	l.pass(result)
}

// Report passes on diagnostics. After an error there is nothing to go on with.
func (l *Listing) Report(diags diag.Diagnostics) {
	if diags.HasError() {
		l.left = 0
	}
	if len(diags) > 0 {
		l.pass(list.ListResult{Diagnostics: diags})
	}
}

func (l *Listing) pass(result list.ListResult) {
	if !l.push(result) {
		l.left = 0
	}
}

// Fail reports an error, if there is one.
func (l *Listing) Fail(f Failure, err error) {
	var diags diag.Diagnostics
	AddFailure(&diags, f, err)
	l.Report(diags)
}

// Ahead says how many things to read at the same time, if each holds so many
// results as a rule: few are asked for one after another, so that none is read
// in vain.
func (l *Listing) Ahead(results int64) int {
	const atOnce = 10
	return int(max(1, min(l.left/results, atOnce)))
}

// ReadAhead calls read for each item, for several at the same time, and yields
// the outcomes in the order of the items. ahead is asked for how many. It reads
// nothing that the caller does not come to, but for those.
func ReadAhead[T, R any](ctx context.Context, items iter.Seq2[T, error], ahead func() int, read func(context.Context, T) (R, error)) iter.Seq2[R, error] {
	return func(yield func(R, error) bool) {
		next, stop := iter.Pull2(items)
		defer stop()
		for {
			results, err := readBatch(ctx, next, ahead(), read)
			for _, result := range results {
				if !yield(result, nil) {
					return
				}
			}
			if err != nil {
				var none R
				yield(none, err)
			}
			if err != nil || len(results) == 0 {
				return
			}
		}
	}
}

func readBatch[T, R any](ctx context.Context, next func() (T, error, bool), size int, read func(context.Context, T) (R, error)) ([]R, error) {
	var items []T
	for len(items) < size {
		item, err, more := next()
		if err != nil {
			return nil, err
		}
		if !more {
			break
		}
		items = append(items, item)
	}
	results := make([]R, len(items))
	reads, ctx := errgroup.WithContext(ctx)
	for i, item := range items {
		reads.Go(func() (err error) {
			results[i], err = read(ctx, item)
			return err
		})
	}
	if err := reads.Wait(); err != nil {
		return nil, err
	}
	return results, nil
}

// refusedValues lets the validators of a resource's schema look at a state, as
// they will look at the configuration that Terraform generates from it.
func refusedValues(ctx context.Context, state *tfsdk.Resource) (diags diag.Diagnostics) {
	for name, attribute := range state.Schema.GetAttributes() {
		switch attribute := attribute.(type) {
		case schema.StringAttribute:
			diags.Append(refusedString(ctx, state, path.Root(name), attribute.Required, attribute.Validators)...)
		case schema.SetAttribute:
			diags.Append(refusedSet(ctx, state, path.Root(name), attribute.Validators)...)
		}
	}
	return diags
}

func refusedString(ctx context.Context, state *tfsdk.Resource, at path.Path, required bool, validators []validator.String) diag.Diagnostics {
	var value types.String
	diags := state.GetAttribute(ctx, at, &value)
	if required && value.IsNull() {
		diags.AddAttributeError(at, "Missing value", fmt.Sprintf("The attribute %s has to be set, and SignPath has nothing for it.", at))
	}
	for _, v := range validators {
		resp := validator.StringResponse{Diagnostics: diags}
		v.ValidateString(ctx, validator.StringRequest{Path: at, ConfigValue: value}, &resp)
		diags = resp.Diagnostics
	}
	return diags
}

func refusedSet(ctx context.Context, state *tfsdk.Resource, at path.Path, validators []validator.Set) diag.Diagnostics {
	var value types.Set
	diags := state.GetAttribute(ctx, at, &value)
	for _, v := range validators {
		resp := validator.SetResponse{Diagnostics: diags}
		v.ValidateSet(ctx, validator.SetRequest{Path: at, ConfigValue: value}, &resp)
		diags = resp.Diagnostics
	}
	return diags
}

// NameOf names a principal for people: by the reference that a configuration
// would use, and with the id where that is all there is to it.
func (s *Session) NameOf(id string) string {
	reference := s.Client.Known().ReferenceTo(id)
	if p, known := s.Client.Known().Get(id); known && p.Reference() != reference {
		return fmt.Sprintf("%s (%s)", p.Reference(), id)
	}
	return reference.String()
}

func leftOut(name string, refused diag.Diagnostics) diag.Diagnostics {
	return diag.Diagnostics{diag.NewWarningDiagnostic("Left out of the results: "+name, fmt.Sprintf(
		"%s: no configuration can describe it as it is. %s", name, refused.Errors()[0].Detail()))}
}

// LimitNote stands on the page of each list resource.
const LimitNote = "Terraform stops at 100 results unless `limit` says otherwise."
