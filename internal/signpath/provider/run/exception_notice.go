package run

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/tfkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
)

// tellExceptions warns once in a run of exceptions of guardrails that name somebody or something
// that is not there: they except nothing, and nothing else would say so. The provider block, in
// which they stand, is read before anything is asked.
func (s *Session) tellExceptions(ctx context.Context, diags *diag.Diagnostics) {
	if _, isTold := s.told.LoadOrStore("exceptions", true); isTold {
		return
	}
	for _, rule := range slices.Sorted(maps.Keys(s.rules)) {
		for _, exception := range s.rules[rule].Exceptions {
			if exception.Expired(s.Now()) {
				continue // Nobody counts on it any more.
			}
			if err := s.missingSubject(ctx, exception); err != nil {
				diags.AddWarning(fmt.Sprintf("An exception of guardrail %s is for nothing: %s", rule, exception),
					tfkit.Sentence("In the guardrails of the provider block: "+err.Error())+" Correct it, or take it out.")
			}
		}
	}
}

// missingSubject says what of the exception is proven not to exist, nor to be created by this run.
func (s *Session) missingSubject(ctx context.Context, exception review.Exception) error {
	if exception.Member.Kind != "" && exception.Member.Kind != access.KindUnknown {
		var notFound *access.NotFoundError
		if _, err := s.Resolve(ctx, exception.Member); errors.As(err, &notFound) {
			return notFound
		}
	}
	var err error
	switch project, policy := exception.Place.Slug(0), exception.Place.Slug(1); {
	case policy != "":
		_, err = s.Client.SigningPolicy(ctx, project, policy)
	case project != "":
		_, err = s.Client.Project(ctx, project)
	}
	var gone *api.GoneError
	if errors.As(err, &gone) {
		return gone
	}
	return nil
}
