// Package run is what the resources and data sources of one Terraform run share: the session, with
// what each of them plans, holds and gives up; what they check, refuse and warn of; and the
// words of their errors. It knows none of them.
package run

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/guard"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// A Session is what the resources and data sources of one Terraform run share.
// Configure makes a new one for every walk over the graph, so nothing of a plan
// is left in the apply.
type Session struct {
	Client *api.Client
	// planned are the principals that this run is about to create or change.
	Planned *register
	// owners are the objects that resources of this configuration manage.
	owners *owners
	// replaced are the users that this run has read or destroyed as resources
	// of this configuration. If one of them is then to be created, Terraform
	// replaces it, and it is not somebody else's.
	Replaced *idSet
	// holdings are what the instances of this run hold.
	Holdings *holdings
	// taken is what the instances of this run have given up.
	Taken *taken
	// ends are the entries that this plan ends.
	ends *ends
	// accounts are what becomes of accounts and groups.
	Accounts *accounts
	// unread are the objects of instances that were not read, by identity: those that end,
	// and those that stay as they are.
	unreadEnds, unreadStays *idSet
	// calls are the calls that are under way.
	calls *calls
	// departed is what is known of those who are gone, or half gone.
	Departed *departed
	// demoted are the users whom this plan deactivates or takes a role from.
	demoted *idSet
	// ending lets one end of a role after the other ask who is left.
	ending sync.Mutex
	// roleNotice is who was told to have an unknown role.
	roleNotice *roleNotice
	// memberships are the members that groups gain and lose by this plan.
	Memberships *memberships
	// tokens is what happened to the tokens of CI users in this run.
	Tokens *tokenNotes
	// now is the clock.
	Now func() time.Time
	// rules are the guardrails' settings of rules.
	rules map[string]review.RuleSetting
	// told are the requests of which the run has told that they failed; isPlan is true as soon as
	// it is known that it is a plan: an apply reads no state.
	told   sync.Map
	isPlan atomic.Bool
	// Warnings says of which changes a plan warns who gains and who loses.
	Warnings AccessWarnings
	// HoldsTokens is true where a plan replaces no token because of its age.
	HoldsTokens bool
	// guard judges what the plan changes about access.
	Guard *guard.Guard
}

// Rulebook is what reviews of this run go by.
func (s *Session) Rulebook() review.Rulebook {
	return review.Rulebook{Catalogue: vocabulary.Rules, Now: s.Now(), Rules: s.rules}
}

// NewSession takes the clock and what the guardrails say, which is valid: settings of rules, and
// of what a plan warns.
func NewSession(client *api.Client, now func() time.Time, rules map[string]review.RuleSetting, warnings AccessWarnings) *Session {
	s := &Session{
		Client: client, Planned: newRegister(), owners: newOwners(), Replaced: &idSet{}, Holdings: newHoldings(),
		Taken: &taken{Entries: newHoldings()}, Accounts: &accounts{Emptied: newHoldings()}, Departed: &departed{}, demoted: &idSet{},
		calls: &calls{}, ends: &ends{}, unreadEnds: &idSet{}, unreadStays: &idSet{},
		roleNotice:  &roleNotice{told: map[string]access.Role{}},
		Memberships: newMemberships(), Tokens: &tokenNotes{}, Now: now, rules: rules, Warnings: warnings,
	}
	s.Guard = newGuard(client, s.Rulebook())
	return s
}

// A PlannedResource has all that the resources of this provider have.
type PlannedResource interface {
	resource.ResourceWithConfigure
	resource.ResourceWithIdentity
	resource.ResourceWithImportState
	resource.ResourceWithModifyPlan
}

// Configured is embedded by everything that needs the session. It is nil while
// Terraform only validates.
type Configured struct{ *Session }

// Configure implements [resource.ResourceWithConfigure].
func (c *Configured) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	c.Take(req.ProviderData, &resp.Diagnostics)
}

// Take takes the session of the run from what Configure is given.
func (c *Configured) Take(data any, diags *diag.Diagnostics) {
	if data == nil {
		return
	}
	s, ok := data.(*Session)
	if !ok {
		diags.AddError("Unexpected provider data", fmt.Sprintf("The provider handed over %T. This is a bug in the provider; please report it.", data))
		return
	}
	c.Session = s
}

// ConfiguredDataSource is [configured] for data sources.
type ConfiguredDataSource struct{ Configured }

// Configure implements [datasource.DataSourceWithConfigure].
func (c *ConfiguredDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	c.Take(req.ProviderData, &resp.Diagnostics)
}

// Look prepares the plan of an instance. Where it changes, the server's document is
// asked first: it may tell that a list which was read as the whole is only a page.
func (s *Session) Look(ctx context.Context, req resource.ModifyPlanRequest) {
	if !req.Plan.Raw.Equal(req.State.Raw) {
		s.Client.LearnLists(ctx)
	}
}

// An idSet is a set of ids for concurrent use. The zero value is empty.
type idSet struct{ ids sync.Map }

func (s *idSet) Add(id string) { s.ids.Store(id, true) }

func (s *idSet) Has(id string) bool {
	_, ok := s.ids.Load(id)
	return ok
}
