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

// withBaselineRules adds the rules of baselines that the catalogue does not have.
func withBaselineRules(catalogue, rules review.Catalogue) review.Catalogue {
	for _, rule := range rules {
		if _, has := catalogue.ByID(rule.ID); !has {
			catalogue = append(slices.Clip(catalogue), rule)
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
