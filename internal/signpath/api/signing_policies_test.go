package api_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

func doSigningPolicies(ctx context.Context, o *organization) error {
	got, err := o.client.SigningPolicies(ctx, "project-a")
	if err == nil && !slices.Equal(got, []string{"release-signing", "test-signing"}) {
		return fmt.Errorf("got %v", got)
	}
	return err
}

// TestSigningPoliciesAreNeverGuessed lets a project keep its signing policies to
// itself, in each way.
func TestSigningPoliciesAreNeverGuessed(t *testing.T) {
	const answer = `{"slug": "project-a", "name": "A", "signingPolicies": %s}`
	for name, c := range map[string]struct {
		fault mock.Fault
		want  string
	}{
		"left out": {mock.Fault{Action: mock.FaultHideProperties, Properties: []string{"signingPolicies"}}, `no property "signingPolicies"`},
		"null":     {mock.Fault{Action: mock.FaultMalformedBody, Body: fmt.Sprintf(answer, "null")}, "is null where a list of objects is expected"},
		"bare ids": {mock.Fault{Action: mock.FaultMalformedBody, Body: fmt.Sprintf(answer, `["release-signing"]`)}, "where a list of objects is expected"},
		"without a slug": {
			mock.Fault{Action: mock.FaultMalformedBody, Body: fmt.Sprintf(answer, `[{"slug": "release-signing"}, {"name": "Test"}]`)},
			"a signing policy without its slug",
		},
		"twice": {
			mock.Fault{Action: mock.FaultMalformedBody, Body: fmt.Sprintf(answer, `[{"slug": "release-signing"}, {"slug": "release-signing"}]`)},
			"a signing policy twice",
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := inProcess(t)
			c.fault.Route = "GET /Projects/project-a"
			o.must(o.Inject(c.fault))
			_, err := o.client.SigningPolicies(t.Context(), "project-a")
			expectError(t, err, c.want)
			got, err := o.client.SigningPolicies(t.Context(), "project-b")
			if err != nil || !slices.Equal(got, []string{"release-signing", "test-signing"}) {
				t.Errorf("got %v, %v", got, err)
			}
		})
	}
}
