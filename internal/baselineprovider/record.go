package baselineprovider

import (
	"context"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/baseline"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
)

// A record is what a state holds of a baseline.
type record struct {
	configuration
	digest           string
	confirmation     string
	outstandingSince baseline.Day
	isOverdue        bool
	steps            []string
	findings         []string
	// granted and known are the grants that were recorded, and those that were last attested
	// or seen, which is nil for none.
	granted, known []access.Grant
	attestation    *baseline.Attestation
}

// recorded reads a state. What stands there was checked when it was written, maybe by another
// version, so it is only taken apart.
func (r *baselineResource) recorded(ctx context.Context, state source) (record, diag.Diagnostics) {
	c, diags := r.read(ctx, state)
	a := &Attributes{ctx: ctx, source: state}
	rec := record{
		configuration: c, digest: a.Text(attrDigest), confirmation: a.Text(attrConfirmation), outstandingSince: baseline.Day(a.Text(attrOutstandingSince)),
		steps: a.list(attrSteps), findings: a.list(attrFindings),
	}
	var overdue types.Bool
	a.get(attrOverdue, &overdue)
	rec.granted = a.takeApart(c.Model, c.grants)
	rec.known = a.takeApart(c.Model, a.grants(path.Root(attrAttestedGrants)))
	if w := c.attestation; w != nil {
		by, err := c.Model.ParsePrincipal(w.By)
		if err != nil {
			a.unreadable(err)
		}
		rec.attestation = &baseline.Attestation{By: by, On: baseline.Day(w.On), Digest: w.Digest, Observed: a.takeApart(c.Model, w.Observed), Reference: w.Reference}
	}
	rec.isOverdue = overdue.ValueBool() && rec.attestation != nil
	diags.Append(a.diags...)
	return rec, diags
}

func (a *Attributes) list(name string) []string {
	var value types.List
	a.get(name, &value)
	return a.texts(value, path.Root(name))
}

// takeApart reads grants that were recorded; nil stays nil.
func (a *Attributes) takeApart(model *baseline.Model, written baseline.Written) []access.Grant {
	if written == nil {
		return nil
	}
	grants := []access.Grant{}
	for key, roles := range written {
		place, err := model.Vocabulary.ParsePlaceKey(key)
		if err != nil {
			a.unreadable(err)
		}
		for role, texts := range roles {
			for _, text := range texts {
				principal, err := model.ParsePrincipal(text)
				if err != nil {
					a.unreadable(err)
				}
				grants = append(grants, access.Grant{Principal: principal, Role: access.Role(role), Place: place})
			}
		}
	}
	slices.SortFunc(grants, access.Grant.Compare)
	return grants
}

func (a *Attributes) unreadable(err error) {
	a.diags.AddError("Unreadable state", fmt.Sprintf("The state has what this version of the provider cannot read, so nothing is concluded from it: %s", sentence(err.Error())))
}

// past is what of the record decides about the baseline that is planned.
func (rec record) past(planned configuration) *baseline.Past {
	past := &baseline.Past{
		Digest: rec.digest, Attestation: rec.attestation, OutstandingSince: rec.outstandingSince, Known: rec.carried(planned.Places),
		Confirmed: rec.outstandingSince == "",
	}
	if rec.isOverdue {
		// Who looked before it became so has seen these grants all the same.
		past.Confirmed, past.OutstandingSince = true, ""
		if planned.interval > 0 && planned.Model.Rules.SeverityOf(baseline.RuleOverdue, planned.settings) != review.Ignore {
			past.OverdueSince = rec.due()
		}
	}
	return past
}

// due is the last day of the interval.
func (rec record) due() baseline.Day { return rec.attestation.On.After(rec.interval) }

// carried are the known grants at the places that are planned. A place is the one with the
// same id, whatever it is called; what was known of another one is not known of it.
func (rec record) carried(planned []baseline.DeclaredPlace) []access.Grant {
	if rec.known == nil {
		return nil
	}
	renamed, lost := rec.moves(planned)
	known := []access.Grant{}
	for _, g := range rec.known {
		slugs := g.Place.Slugs()
		if len(slugs) > 0 && lost[slugs[0]] {
			continue
		}
		if len(slugs) > 0 && renamed[slugs[0]] != "" {
			slugs[0] = renamed[slugs[0]]
			g.Place = access.PlaceOf(slugs...)
		}
		known = append(known, g)
	}
	slices.SortFunc(known, access.Grant.Compare)
	return known
}

// moves tells which keys of places became others, and which stand for another place now.
func (rec record) moves(planned []baseline.DeclaredPlace) (renamed map[string]string, lost map[string]bool) {
	now, keyOf := map[string]string{}, map[string]string{}
	for _, p := range planned {
		if p.Place.Depth() == 1 {
			now[p.Place.Slug(0)] = p.ID
			if p.ID != "" {
				keyOf[p.ID] = p.Place.Slug(0)
			}
		}
	}
	renamed, lost = map[string]string{}, map[string]bool{}
	for _, p := range rec.Places {
		key := p.Place.Slug(0)
		id, isThere := now[key]
		switch {
		case p.Place.Depth() != 1 || p.ID == "" || id == p.ID || isThere && id == "":
		case keyOf[p.ID] != "":
			renamed[key] = keyOf[p.ID]
		case isThere:
			lost[key] = true
		}
	}
	return renamed, lost
}

// keptFindings are those about the attestation, which are found once and stay as long as it
// does.
func (rec record) keptFindings(rules baseline.Catalogue, settings baseline.Settings) []string {
	var kept []string
	for _, rule := range baseline.AttestationRules {
		for _, text := range rec.findings {
			if rules.SeverityOf(rule.ID, settings) != review.Ignore && len(text) > len(rule.ID) && text[:len(rule.ID)+1] == rule.ID+" " {
				kept = append(kept, text)
			}
		}
	}
	return kept
}
