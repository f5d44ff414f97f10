package main

import (
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/evidence"
)

// A holdingFilter says which ways of access of a report are meant. Values of one flag are
// alternatives, and every flag must fit.
type holdingFilter struct{ projects, policies, principals, roles []string }

func (f *holdingFilter) addTo(command *cobra.Command) {
	options := command.Flags()
	options.StringArrayVar(&f.projects, "project", nil, "slug of a project, with its signing policies")
	options.StringArrayVar(&f.policies, "policy", nil, "signing policy: PROJECT/POLICY, or POLICY in any project")
	options.StringArrayVar(&f.principals, "principal", nil, "principal, such as user:dev.lead@example.com; a group with everybody who has something through it")
	options.StringArrayVar(&f.roles, "role", nil, "role or list, such as approver or GlobalAdministrator")
}

// told are the filters by name, as a report has them.
func (f *holdingFilter) told() map[string][]string {
	all := map[string][]string{"projects": f.projects, "signing_policies": f.policies, "principals": f.principals, "roles": f.roles}
	for name, values := range all {
		all[name] = append([]string{}, values...)
	}
	return all
}

// of returns the ways that the filters leave. A value that fits nothing is an error: a typo must
// not look like what nobody has.
func (f *holdingFilter) of(read *evidence.Report) ([]evidence.Holding, error) {
	holdings := evidence.Holdings(read.Access)
	for _, filter := range []struct {
		flag   string
		values []string
		fits   func(h evidence.Holding, value string) bool
	}{
		{"--project", f.projects, func(h evidence.Holding, value string) bool { return h.Place.Slug(0) == value }},
		{"--policy", f.policies, func(h evidence.Holding, value string) bool {
			return h.Place.Depth() == 2 && (h.Place.String() == value || h.Place.Slug(1) == value)
		}},
		{"--principal", f.principals, isOfPrincipal},
		{"--role", f.roles, func(h evidence.Holding, value string) bool { return string(h.Role) == value }},
	} {
		for _, value := range filter.values {
			fits := func(h evidence.Holding) bool { return filter.fits(h, value) }
			if !slices.ContainsFunc(evidence.Holdings(read.Access), fits) {
				return nil, fmt.Errorf("%s: the report shows nothing of %q", filter.flag, value)
			}
		}
		holdings = slices.DeleteFunc(holdings, func(h evidence.Holding) bool {
			return len(filter.values) > 0 && !slices.ContainsFunc(filter.values, func(value string) bool { return filter.fits(h, value) })
		})
	}
	return holdings, nil
}

// isOfPrincipal tells whether the way is of the principal, or through the group.
func isOfPrincipal(h evidence.Holding, value string) bool {
	wanted, err := access.ParseEntry(value)
	if err != nil {
		return false
	}
	id, isID := wanted.ID()
	return slices.ContainsFunc(append([]evidence.Subject{h.Subject}, h.Via...), func(s evidence.Subject) bool {
		return s.Reference.Same(wanted) || isID && id == s.ID
	})
}
