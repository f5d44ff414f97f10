package report

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/survey"
)

// An Organization is a live organization, as far as a token sees it.
type Organization struct {
	// ID and URL say which one it is; URL is that of the API, without /v1.
	ID, URL string
	// Caller is the user whose token read.
	Caller access.Principal
	// Reviewed is what a review looks at.
	Reviewed review.Organization
	// Gaps are sentences on what the token could not see, in order.
	Gaps []string

	directory *access.Directory
}

// Read surveys the organization and asks whose token it is. Nothing is written. The
// progress may be nil.
func Read(ctx context.Context, client *api.Client, progress survey.Progress) (*Organization, error) {
	// A token that may not even say whose it is fits another organization, and
	// everything else would be a gap.
	me, err := client.Me(ctx)
	if err != nil {
		return nil, err
	}
	found, err := survey.Read(ctx, client, progress)
	if err != nil {
		return nil, err
	}
	o := &Organization{
		ID: client.OrganizationID(), URL: client.URL(), Caller: me.Principal,
		Reviewed: found.Organization, Gaps: found.Gaps, directory: found.Directory,
	}
	if !me.Role.SeesAllProjects() {
		o.Gaps = append(o.Gaps, fmt.Sprintf("There may be projects that %s does not see, having the role %s.", me.Reference(), me.Role.Title()))
		slices.Sort(o.Gaps)
	}
	return o, nil
}

// nameOf returns the display name behind a reference, where it says more.
func (o *Organization) nameOf(reference access.Reference) string {
	p, err := o.directory.Find(reference)
	if err != nil || strings.EqualFold(p.Name, reference.Key) {
		return ""
	}
	return p.Name
}
