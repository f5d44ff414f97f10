package evidence

import (
	"cmp"
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/baseline"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
)

// Rules returns the catalogue with the rules about attestations switched on: they warn, and judge
// by the file.
func Rules(catalogue review.Catalogue, file File) review.Catalogue {
	catalogue = slices.Clone(catalogue)
	for i, rule := range catalogue {
		if _, isOfAttestations := review.AttestationRules.ByID(rule.ID); isOfAttestations {
			catalogue[i].Severity = review.Warn
			catalogue[i].Find = func(i *review.Inspection) []review.Finding { return file.find(i, rule.ID) }
		}
	}
	return catalogue
}

// NeedFile are the rules that a rulebook sets, and that judge nothing without a file of
// attestations.
func NeedFile(rulebook review.Rulebook) []string {
	return slices.DeleteFunc(review.AttestationRules.IDs(), func(id string) bool {
		severity := rulebook.Rules[id].Severity
		return severity == "" || severity == review.Ignore
	})
}

// find makes one finding of all ways of one principal to one role at one place that break the rule.
func (f File) find(i *review.Inspection, rule string) []review.Finding {
	days := i.ParameterOf(review.NotAttested, review.AttestationDays)
	org := i.Organization()
	holdings, reasons, subjects := inspect(i)
	var found []review.Finding
	for _, verdict := range f.Judge(holdings, Company{holdings, subjects, org.PlaceIDs}, baseline.DayOf(i.Now()), days) {
		if verdict.Rule != rule {
			continue
		}
		finding := review.Finding{
			Principals: []access.Reference{verdict.Reference}, Places: []access.Place{verdict.Place}, About: string(verdict.Role),
			Sentence: verdict.Sentence(), Reasons: []review.Reason{reasons[verdict.Way]},
		}
		if last := len(found) - 1; last >= 0 && isSameSubject(found[last], finding) {
			found[last].Sentence += " " + finding.Sentence
			found[last].Reasons = append(found[last].Reasons, finding.Reasons...)
			continue
		}
		found = append(found, finding)
	}
	return found
}

func isSameSubject(a, b review.Finding) bool {
	return a.About == b.About && slices.Equal(a.Places, b.Places) && slices.Equal(a.Principals, b.Principals)
}

// DefaultDays is how long an attestation without an end counts, unless a rulebook says otherwise.
func DefaultDays() int {
	rule, _ := review.AttestationRules.ByID(review.NotAttested)
	return rule.Parameters[0].Default
}

// inspect returns every way of access in the organization, in order, its reason, and everybody who is there.
func inspect(i *review.Inspection) ([]Holding, map[string]review.Reason, []Subject) {
	org := i.Organization()
	directory := access.NewDirectory()
	for _, p := range org.Principals {
		if p.ID != "" {
			directory.Put(p.Principal)
		}
	}
	find := func(r access.Reference) Subject { return SubjectOf(directory, r) }
	var subjects []Subject
	for _, p := range org.Principals {
		if p.ID != "" {
			subjects = append(subjects, find(directory.ReferenceTo(p.ID)))
		}
	}
	places := []access.Place{{}}
	for place := range org.Places {
		places = append(places, place)
	}
	var holdings []Holding
	reasons := map[string]review.Reason{}
	for _, place := range places {
		for _, permission := range org.Vocabulary.Permissions {
			for _, row := range i.At(place, permission.Permission) {
				for _, reason := range row.Reasons {
					// At narrower places it is the same one again.
					if reason.Widest != place {
						continue
					}
					h := HoldingOf(row, reason, org.PlaceIDs, find)
					if _, seen := reasons[h.Way]; !seen {
						reasons[h.Way] = reason
						holdings = append(holdings, h)
					}
				}
			}
		}
	}
	slices.SortFunc(holdings, compareHoldings)
	return holdings, reasons, subjects
}

// CompareAttestations orders a file: by place, role, principal and way.
func CompareAttestations(a, b Attestation) int {
	return cmp.Or(
		a.Place.Compare(b.Place), strings.Compare(string(a.Role), string(b.Role)),
		a.Principal.Reference.Compare(b.Principal.Reference), strings.Compare(a.Way, b.Way),
	)
}
