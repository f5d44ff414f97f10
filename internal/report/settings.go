package report

import (
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// jsonSettings are those of a project or a signing policy, by the names that its data source has.
// What is null is not known.
type jsonSettings struct {
	jsonPlace
	// ID stays when the place is renamed; empty where it is not known.
	ID     string         `json:"id,omitempty"`
	Values map[string]any `json:"values"`
}

// settings are those of the places that the filters show, in order.
func (r *Report) settings() []jsonSettings {
	places := []access.Place{}
	for place := range r.Survey.Organization.Places {
		if r.shown.ShowsPlace(place) {
			places = append(places, place)
		}
	}
	slices.SortFunc(places, access.Place.Compare)
	return each(places, func(place access.Place) jsonSettings {
		return jsonSettings{newJSONPlace(place), strings.ToLower(r.Survey.Organization.PlaceIDs[place]), r.valuesAt(place)}
	})
}

func (r *Report) valuesAt(place access.Place) map[string]any {
	org := r.Survey.Organization
	if org.Vocabulary.KindAt(place) != vocabulary.PlaceSigningPolicy {
		return map[string]any{"active": known(review.SettingsAt[vocabulary.Project](org, place).Active)}
	}
	p := review.SettingsAt[vocabulary.SigningPolicy](org, place)
	return map[string]any{
		"name": p.Name, "active": known(p.Active), "uses_approval_process": known(p.UsesApprovalProcess),
		"required_approvals": known(p.RequiredApprovals), "verifies_trusted_build_system": known(p.VerifiesTrustedBuildSystem),
		"verifies_origin": known(p.VerifiesOrigin),
	}
}

// known is the value of a setting; nil if that is not known.
func known[T any](setting *T) any {
	if setting == nil {
		return nil
	}
	return *setting
}
