package run

import (
	"context"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/guard"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/survey"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// An AccessChange is what one resource changes about access, for the guard, and how that is
// told.
type AccessChange struct {
	guard.Change
	// list is spelled out in messages; empty for an account.
	list string
	// isEnd is true where an account ends: what it still holds is told with that.
	isEnd bool
	// Expires is true where access ends by its day: the configuration did not change, and an error would
	// stop every plan from that day on. So whatever is found is a warning.
	Expires bool
	// at says on which attribute a finding is reported.
	At func(review.Finding) path.Path
}

// newGuard returns the guard of a run, which judges by the guardrails.
func newGuard(client *api.Client, rulebook review.Rulebook) *guard.Guard {
	// That is judged where it is caused, and there it can be allowed; see lockout.go.
	rulebook.Rules = maps.Clone(rulebook.Rules)
	if rulebook.Rules == nil {
		rulebook.Rules = map[string]review.RuleSetting{}
	}
	rulebook.Rules[vocabulary.NoGlobalAdministrator] = review.RuleSetting{Severity: review.Ignore}
	return guard.New(vocabulary.SignPath, rulebook, func(ctx context.Context, r guard.Reach) (review.Organization, []string, error) {
		found, err := readPart(ctx, client, r)
		if err != nil {
			return review.Organization{}, nil, err
		}
		return found.Organization, found.Gaps, nil
	})
}

// readPart reads what a guard looks at.
func readPart(ctx context.Context, client *api.Client, r guard.Reach) (*survey.Survey, error) {
	project := r.Place.Slug(0)
	switch {
	case r.Everywhere:
		return survey.Read(ctx, client, nil)
	case project == "":
		return survey.ReadPrincipals(ctx, client)
	case r.Inside:
		policies, err := client.SigningPolicies(ctx, project)
		if err != nil {
			return nil, err
		}
		return survey.ReadLists(ctx, client, project, policies...)
	case r.Place.Depth() > 1:
		return survey.ReadLists(ctx, client, project, r.Place.Slug(1))
	}
	return survey.ReadLists(ctx, client, project)
}

// reachOf says how far a change of the list can be felt. What one CI user submits to is
// compared across the organization, and a group can be on any list.
func reachOf(t api.Target, added []access.Principal) guard.Reach {
	place := access.PlaceOf(t.Project, t.Policy)
	switch t.List.Plural {
	case vocabulary.Readers.Plural, vocabulary.Approvers.Plural:
		return guard.Reach{Place: place}
	case vocabulary.Configurators.Plural:
		return guard.Reach{Place: place, Inside: true}
	case vocabulary.Submitters.Plural:
		for _, p := range added {
			if p.Kind != access.KindUser {
				return guard.Reach{Everywhere: true}
			}
		}
		return guard.Reach{Place: place}
	}
	return guard.Reach{Everywhere: true}
}
