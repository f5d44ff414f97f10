package api

import (
	"context"
	"errors"
	"slices"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract"
)

// SigningPolicies returns the slugs of all signing policies of a project, sorted.
// Unlike in [Project.SigningPolicies], a project that does not tell them is an
// error, for who must not take that for none. If the project is proven not to
// exist, the error is a [*GoneError].
func (c *Client) SigningPolicies(ctx context.Context, project string) ([]string, error) {
	o, err := c.projectObject(ctx, project)
	if err != nil {
		return nil, err
	}
	err = o.Require(contract.PropSigningPolicies)
	slugs := decodeProject(o).SigningPolicies
	if err == nil && slices.Contains(slugs, "") {
		err = errors.New("it names a signing policy without its slug")
	}
	if err == nil && len(slices.Compact(slices.Clone(slugs))) < len(slugs) {
		err = errors.New("it names a signing policy twice")
	}
	if err != nil {
		e := projectEntity(project)
		return nil, c.unusable(e.read, e.parameters, err)
	}
	return slugs, nil
}
