package provider

import (
	"context"
	"fmt"
	"sync"
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

// A session is what the resources and data sources of one Terraform run share.
// Configure makes a new one for every walk over the graph, so nothing of a plan
// is left in the apply.
type session struct {
	client *api.Client
	// planned are the principals that this run is about to create or change.
	planned *register
	// owners are the objects that resources of this configuration manage.
	owners *owners
	// replaced are the users that this run has read or destroyed as resources
	// of this configuration. If one of them is then to be created, Terraform
	// replaces it, and it is not somebody else's.
	replaced *idSet
	// holdings are what the instances of this run hold.
	holdings *holdings
	// taken is what the instances of this run have given up.
	taken *taken
	// ends are the entries that this plan ends.
	ends *ends
	// accounts are what becomes of accounts and groups.
	accounts *accounts
	// unread are the objects of instances that were not read, by identity: those that end,
	// and those that stay as they are.
	unreadEnds, unreadStays *idSet
	// calls are the calls that are under way.
	calls *calls
	// departed is what is known of those who are gone, or half gone.
	departed *departed
	// demoted are the users whom this plan deactivates or takes a role from.
	demoted *idSet
	// roleNotice is who was told to have an unknown role.
	roleNotice *roleNotice
	// memberships are the members that groups gain and lose by this plan.
	memberships *memberships
	// tokens is what happened to the tokens of CI users in this run.
	tokens *tokenNotes
	// now is the clock.
	now func() time.Time
	// rules are the guardrails' settings of rules.
	rules map[string]review.RuleSetting
	// guard judges what the plan changes about access.
	guard *guard.Guard
}

// rulebook is what reviews of this run go by.
func (s *session) rulebook() review.Rulebook {
	return review.Rulebook{Catalogue: vocabulary.Rules, Now: s.now(), Rules: s.rules}
}

// newSession takes the clock and the guardrails' settings of rules, which are valid.
func newSession(client *api.Client, now func() time.Time, rules map[string]review.RuleSetting) *session {
	s := &session{
		client: client, planned: newRegister(), owners: newOwners(), replaced: &idSet{}, holdings: newHoldings(),
		taken: &taken{entries: newHoldings()}, accounts: &accounts{emptied: newHoldings()}, departed: &departed{}, demoted: &idSet{},
		calls: &calls{}, ends: &ends{}, unreadEnds: &idSet{}, unreadStays: &idSet{},
		roleNotice:  &roleNotice{told: map[string]access.Role{}},
		memberships: newMemberships(), tokens: &tokenNotes{}, now: now, rules: rules,
	}
	s.guard = newGuard(client, s.rulebook())
	return s
}

// A plannedResource has all that the resources of this provider have.
type plannedResource interface {
	resource.ResourceWithConfigure
	resource.ResourceWithIdentity
	resource.ResourceWithImportState
	resource.ResourceWithModifyPlan
}

// configured is embedded by everything that needs the session. It is nil while
// Terraform only validates.
type configured struct{ *session }

// Configure implements [resource.ResourceWithConfigure].
func (c *configured) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	c.take(req.ProviderData, &resp.Diagnostics)
}

func (c *configured) take(data any, diags *diag.Diagnostics) {
	if data == nil {
		return
	}
	s, ok := data.(*session)
	if !ok {
		diags.AddError("Unexpected provider data", fmt.Sprintf("The provider handed over %T. This is a bug in the provider; please report it.", data))
		return
	}
	c.session = s
}

// configuredDataSource is [configured] for data sources.
type configuredDataSource struct{ configured }

// Configure implements [datasource.DataSourceWithConfigure].
func (c *configuredDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	c.take(req.ProviderData, &resp.Diagnostics)
}

// look prepares the plan of an instance. Where it changes, the server's document is
// asked first: it may tell that a list which was read as the whole is only a page.
func (s *session) look(ctx context.Context, req resource.ModifyPlanRequest) {
	if !req.Plan.Raw.Equal(req.State.Raw) {
		s.client.LearnLists(ctx)
	}
}

// An idSet is a set of ids for concurrent use. The zero value is empty.
type idSet struct{ ids sync.Map }

func (s *idSet) add(id string) { s.ids.Store(id, true) }

func (s *idSet) has(id string) bool {
	_, ok := s.ids.Load(id)
	return ok
}
