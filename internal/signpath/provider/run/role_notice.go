package run

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// RoleValue is the role as a state has it: null for one that SignPath does not state.
func RoleValue(role access.Role) types.String {
	if role == access.RoleUnstated {
		return types.StringNull()
	}
	return types.StringValue(string(role))
}

// A roleNotice knows of which users with an unknown role the run has warned.
type roleNotice struct {
	mu   sync.Mutex
	told map[string]access.Role
}

// news returns those of whom nobody was told, by their role, and takes them for told.
func (n *roleNotice) news(users []access.Principal) map[access.Role][]string {
	n.mu.Lock()
	defer n.mu.Unlock()
	users = slices.DeleteFunc(users, func(p access.Principal) bool { return !vocabulary.SignPath.IsUnknown(p.Role) || n.told[p.ID] == p.Role })
	slices.SortFunc(users, func(a, b access.Principal) int {
		return cmp.Or(
			cmp.Compare(slices.Index(RoleKinds, a.Kind), slices.Index(RoleKinds, b.Kind)),
			cmp.Compare(a.Reference().Folded().Key, b.Reference().Folded().Key), cmp.Compare(a.ID, b.ID),
		)
	})
	news := map[access.Role][]string{}
	for _, p := range users {
		if n.told[p.ID] != p.Role { // Somebody may be among them twice.
			n.told[p.ID] = p.Role
			news[p.Role] = append(news[p.Role], p.String())
		}
	}
	return news
}

// NoticeRoles warns, once in a run, of the users whose role this version does not know.
// Of warnings with one summary Terraform shows only the first, so each role has one, which
// names everybody: as soon as one of them is seen, both lists of users are read. The
// guardrails can switch the warning off, with the rule.
func (s *Session) NoticeRoles(ctx context.Context, diags *diag.Diagnostics, seen ...access.Principal) {
	if s == nil || s.rules[vocabulary.UnknownRole].Severity == review.Ignore {
		return
	}
	hasUnknown := func(p access.Principal) bool { return vocabulary.SignPath.IsUnknown(p.Role) }
	if users := append(s.Client.UnknownRoles(), seen...); !slices.ContainsFunc(users, hasUnknown) {
		return
	}
	// What fails here is reported by whatever needs the list.
	_, _ = s.Client.Directory(ctx, RoleKinds...)
	news := s.roleNotice.news(append(s.Client.UnknownRoles(), seen...))
	for _, role := range slices.Sorted(maps.Keys(news)) {
		diags.AddWarning(fmt.Sprintf("Global role %s is in use", vocabulary.SignPath.Spell(role)), unknownRoleDetail(role, news[role]))
	}
}

func unknownRoleDetail(role access.Role, users []string) string {
	const most = 20
	list := "\n  - " + strings.Join(users[:min(most, len(users))], "\n  - ")
	if more := len(users) - most; more > 0 {
		list += fmt.Sprintf("\n  - and %d more", more)
	}
	what := fmt.Sprintf("SignPath answers a global role that this version of the provider does not know, for:%s", list)
	if role == access.RoleUnstated {
		what = fmt.Sprintf("SignPath answers null in the place of a global role, and no mapping says that this is a Regular User, for:%s", list)
	}
	return what + "\n\nWhat it allows is not known, so it counts against: as Global Administrator where somebody with it is deactivated, activated or reported or gets another role, " +
		"and as nobody where a Global Administrator has to be left. " +
		"Look up in SignPath's web application which role that is, say so under roles in a mapping file (api_mapping), and report it to this provider's project. " +
		"The rule " + vocabulary.UnknownRole + " in guardrails of the provider block switches this warning off."
}
