package planreview

import (
	"slices"

	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
)

// withRules adds the rules about plans, unless the catalogue has them.
func withRules(b review.Rulebook) review.Rulebook {
	for _, rule := range review.PlanRules {
		if _, has := b.Catalogue.ByID(rule.ID); !has {
			b.Catalogue = append(slices.Clip(b.Catalogue), rule)
		}
	}
	return b
}

// withBaselineRules adds the rules of baselines that the catalogue does not have. One about
// attestations means those of baselines: a plan has no other ones.
func withBaselineRules(catalogue, rules review.Catalogue) review.Catalogue {
	catalogue = slices.Clone(catalogue)
	for _, rule := range rules {
		at := slices.IndexFunc(catalogue, func(r review.Rule) bool { return r.ID == rule.ID })
		_, isOfAttestations := review.AttestationRules.ByID(rule.ID)
		switch {
		case at < 0:
			catalogue = append(catalogue, rule)
		case isOfAttestations:
			catalogue[at] = rule
		}
	}
	return catalogue
}

// An ownFinding is one of the rules about plans, with the instances that bring it about.
type ownFinding struct {
	review.Finding
	rule      string
	addresses []string
}

// findOwn lets the rules about plans find what the model has to say.
func (m *model) findOwn(b review.Rulebook) review.Rulebook {
	b.Catalogue = slices.Clone(b.Catalogue)
	for i, rule := range b.Catalogue {
		if _, isOwn := review.PlanRules.ByID(rule.ID); !isOwn {
			continue
		}
		b.Catalogue[i].Find = func(*review.Inspection) (found []review.Finding) {
			for _, own := range m.own {
				if own.rule == rule.ID {
					found = append(found, own.Finding)
				}
			}
			return found
		}
	}
	return b
}
