package survey

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// A Survey is a live organization, as far as a token sees it.
type Survey struct {
	// ID and URL say which one it is; URL is that of the API, without /v1.
	ID, URL string
	// Caller is the user whose token read; only [ReadWithCaller] asks.
	Caller access.Principal
	// Organization is what a review looks at. Members of lists are named by kind and
	// id, which no two principals share.
	Organization review.Organization
	// Directory holds everybody whom the organization names.
	Directory *access.Directory
	// Gaps are sentences on what the token could not see, in order.
	Gaps []string
	// Faults are the answers that cannot be right, in no order. Only [ReadThrough] has them; to
	// all others, the first one is an error.
	Faults []Fault
}

// A Fault is an answer that cannot be right.
type Fault struct {
	// What was to be read: `The list of users`.
	What string
	Err  error
}

// Read reads the organization: the lists of users, CI users, groups and projects, and
// then each project, each signing policy and each group of which its list does not
// tell everything, once. Before that it asks the server's own document, unless the contract is
// assumed, whether the lists have pages. What the client has read before is not read again, and
// nothing is written. The progress may be nil.
//
// What SignPath refuses to show is a gap. Everything else that goes wrong is an
// error, because a review must not depend on the weather. So is a refusal to show
// anybody: a token of another organization must not find that all is well in this one.
func Read(ctx context.Context, client *api.Client, progress Progress) (*Survey, error) {
	r := newReader(client, progress)
	return r.run(ctx, r.lists, r.groups, r.projects, r.policies)
}

// ReadWithCaller is [Read] for who also tells whose token read. That projects may be
// missing unseen, because the caller does not see all of them, is a gap, too.
func ReadWithCaller(ctx context.Context, client *api.Client, progress Progress) (*Survey, error) {
	r := newReader(client, progress)
	return r.run(ctx, r.caller, r.lists, r.groups, r.projects, r.policies)
}

// ReadStrictly is [ReadWithCaller] for who cannot do with a part: a refusal is an
// error, as everything else that goes wrong.
func ReadStrictly(ctx context.Context, client *api.Client, progress Progress) (*Survey, error) {
	r := newReader(client, progress)
	r.strict = true
	return r.run(ctx, r.caller, r.lists, r.groups, r.projects, r.policies)
}

// ReadThrough is [ReadWithCaller] for who wants to know of everything that is wrong with the
// answers: an answer that cannot be right is a fault, and does not end the read.
func ReadThrough(ctx context.Context, client *api.Client, progress Progress) (*Survey, error) {
	r := newReader(client, progress)
	r.through = true
	return r.run(ctx, r.caller, r.lists, r.groups, r.projects, r.policies)
}

// ReadPrincipals is [Read] for the users, CI users and groups alone.
func ReadPrincipals(ctx context.Context, client *api.Client) (*Survey, error) {
	r := newReader(client, nil)
	return r.run(ctx, r.principals, r.groups)
}

// ReadLists is [Read] for the lists of one project, and of those of its signing policies that
// are named, by who the client knows already. The rest of the organization is as if it were
// not there.
func ReadLists(ctx context.Context, client *api.Client, project string, policies ...string) (*Survey, error) {
	r := newReader(client, nil)
	r.found.Directory = client.Known()
	lists := func(ctx context.Context) error {
		r.addPlaces(access.PlaceOf(project))
		for _, slug := range policies {
			r.addPlaces(access.PlaceOf(project, slug))
		}
		_, err := r.project(ctx, access.PlaceOf(project))
		return err
	}
	return r.run(ctx, lists, r.policies)
}

func (r *reader) run(ctx context.Context, steps ...func(context.Context) error) (*Survey, error) {
	r.client.LearnLists(ctx)
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	slices.Sort(r.found.Gaps)
	return r.found, nil
}

func newReader(client *api.Client, progress Progress) *reader {
	return &reader{client: client, progress: Shared(progress), found: &Survey{
		ID: client.OrganizationID(), URL: client.URL(),
		Directory: access.NewDirectory(),
		Organization: review.Organization{
			Vocabulary: vocabulary.SignPath, Members: map[access.Reference]review.Entries{},
			Places: map[access.Place]any{}, PlaceIDs: map[access.Place]string{}, Grants: map[review.Seat]review.Entries{},
		},
	}}
}

type reader struct {
	client   *api.Client
	progress Progress
	// strict lets no refusal become a gap.
	strict bool
	// through makes a fault of an answer that cannot be right.
	through bool
	found   *Survey
	// mu guards what several goroutines add to what was found, and refusal.
	mu sync.Mutex
	// refusal is one of those that became gaps.
	refusal error
}

// caller asks whose token it is. A token that may not even say that fits another
// organization, and everything else would be a gap.
func (r *reader) caller(ctx context.Context) error {
	me, err := r.client.Me(ctx)
	if r.isFault("The token's own user", err) {
		return nil
	}
	if err != nil {
		return err
	}
	r.found.Caller, r.found.Organization.Caller = me.Principal, me.ID
	if !vocabulary.SeesAllProjects(me.Role) {
		r.found.Gaps = append(r.found.Gaps, fmt.Sprintf("There may be projects that %s does not see, having the role %s.",
			me.Reference(), vocabulary.SignPath.Title(me.Role)))
	}
	return nil
}

// lists reads what one request each tells.
func (r *reader) lists(ctx context.Context) error {
	return r.inParallel(ctx, append(r.directories(), r.projectList))
}

func (r *reader) principals(ctx context.Context) error { return r.inParallel(ctx, r.directories()) }

func (r *reader) directories() []func(context.Context) error {
	var reads []func(context.Context) error
	for _, kind := range access.Kinds() {
		reads = append(reads, func(ctx context.Context) error { return r.directory(ctx, kind) })
	}
	return reads
}

func (r *reader) inParallel(ctx context.Context, reads []func(context.Context) error) error {
	return Each(ctx, len(reads), r.progress, func(ctx context.Context, i int) error { return reads[i](ctx) })
}

func (r *reader) projectList(ctx context.Context) error {
	projects, err := r.client.Projects(ctx)
	for _, p := range projects {
		r.addPlaces(access.PlaceOf(p.Slug))
	}
	_, err = r.refused(err, "The list of projects")
	return err
}

func (r *reader) directory(ctx context.Context, kind access.Kind) error {
	_, err := r.client.Directory(ctx, kind)
	refused, err := r.refused(err, "The list of "+kind.Noun()+"s")
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if refused {
		r.found.Organization.PrincipalsIncomplete = true
		return nil
	}
	r.found.Directory.Replace(kind, r.client.Known().All(kind))
	return nil
}

// groups reads the members of groups, and what else their list may leave out.
func (r *reader) groups(ctx context.Context) error {
	groups := r.found.Directory.All(access.KindGroup)
	err := Each(ctx, len(groups), r.progress, func(ctx context.Context, i int) error {
		group, members, err := r.group(ctx, groups[i])
		refused, err := r.refused(err, fmt.Sprintf("The list of members of %s", group.IDReference()))
		if err != nil || refused {
			return err
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		r.found.Organization.Members[group.IDReference()] = members
		r.found.Directory.Put(group)
		return nil
	})
	for _, kind := range access.Kinds() {
		for _, p := range r.found.Directory.All(kind) {
			r.found.Organization.Principals = append(r.found.Organization.Principals, review.Principal{Principal: p})
		}
	}
	if err == nil && len(r.found.Organization.Principals) == 0 {
		return r.refusal // The token's own user is in one of the lists.
	}
	return err
}

func (r *reader) group(ctx context.Context, listed access.Principal) (access.Principal, review.Entries, error) {
	group, err := r.client.Group(ctx, listed.ID)
	if err != nil {
		return listed, review.Entries{}, err
	}
	members, err := r.entries(ctx, api.Target{List: vocabulary.GroupMembers, Group: group.ID, GroupName: group.Name})
	return group, members, err
}

// addPlaces notes places of which nothing is known yet.
func (r *reader) addPlaces(places ...access.Place) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, place := range places {
		r.found.Organization.Places[place] = nil
	}
}

func (r *reader) projects(ctx context.Context) error {
	projects := r.found.Organization.PlacesOf(vocabulary.PlaceProject)
	return Each(ctx, len(projects), r.progress, func(ctx context.Context, i int) error {
		refused, err := r.project(ctx, projects[i])
		if err != nil || refused {
			return err
		}
		slugs, err := r.client.SigningPolicies(ctx, projects[i].Slug(0))
		if r.isFault(fmt.Sprintf("The list of signing policies of project %q", projects[i]), err) {
			return nil
		}
		for _, slug := range slugs {
			r.addPlaces(access.PlaceOf(projects[i].Slug(0), slug))
		}
		return err
	})
}

// project reads the lists of a project of which the slug is known.
func (r *reader) project(ctx context.Context, place access.Place) (refused bool, err error) {
	slug := place.Slug(0)
	lists, err := r.listsAt(ctx, place)
	var settings api.Project
	if err == nil {
		settings, err = r.client.Project(ctx, slug) // The lists came from the same answer.
	}
	refused, err = r.refused(err, fmt.Sprintf("Project %q with its signing policies", slug))
	if err == nil {
		r.put(place, settings.ID, vocabulary.Project{Active: settings.Active()}, lists, refused)
	}
	return refused, err
}

func (r *reader) policies(ctx context.Context) error {
	policies := r.found.Organization.PlacesOf(vocabulary.PlaceSigningPolicy)
	return Each(ctx, len(policies), r.progress, func(ctx context.Context, i int) error { return r.policy(ctx, policies[i]) })
}

// policy reads the settings and lists of a signing policy of which the slug is known.
func (r *reader) policy(ctx context.Context, place access.Place) error {
	settings, err := r.client.SigningPolicy(ctx, place.Slug(0), place.Slug(1))
	var lists map[access.Role]review.Entries
	if err == nil {
		lists, err = r.listsAt(ctx, place)
	}
	refused, err := r.refused(err, fmt.Sprintf("Signing policy %q", place))
	if err != nil {
		return err
	}
	r.put(place, settings.ID, vocabulary.SigningPolicy{
		Name: settings.Name, Purpose: settings.Purpose, Active: settings.Active,
		UsesApprovalProcess: settings.UsesApprovalProcess, RequiredApprovals: settings.RequiredApprovals,
		VerifiesTrustedBuildSystem: settings.VerifiesTrustedBuildSystem, VerifiesOrigin: settings.VerifiesOrigin,
	}, lists, refused)
	return nil
}

// listsAt reads the lists of a place, by role.
func (r *reader) listsAt(ctx context.Context, place access.Place) (map[access.Role]review.Entries, error) {
	lists := map[access.Role]review.Entries{}
	for _, list := range vocabulary.Lists() {
		if list.Kind() != vocabulary.SignPath.KindAt(place) {
			continue
		}
		entries, err := r.entries(ctx, api.Target{List: list, Project: place.Slug(0), Policy: place.Slug(1)})
		if err != nil {
			return nil, err
		}
		lists[list.Role()] = entries
	}
	return lists, nil
}

// put notes what a place has. Of one that the token may not see, nothing is known.
func (r *reader) put(place access.Place, id string, settings any, lists map[access.Role]review.Entries, refused bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	org := &r.found.Organization
	if !refused {
		org.Places[place] = settings
		org.PlaceIDs[place] = id
	}
	for _, role := range vocabulary.SignPath.RolesAt(place) {
		entries := lists[role.Role]
		if refused {
			entries = review.Entries{Incomplete: true}
		}
		org.Grant(role.Role, place, entries)
	}
}

// entries reads a list and names those on it by kind and id.
func (r *reader) entries(ctx context.Context, of api.Target) (review.Entries, error) {
	ids, err := r.client.Members(ctx, of)
	if err != nil {
		return review.Entries{}, err
	}
	references := make([]access.Reference, len(ids))
	for i, id := range ids {
		references[i] = access.Reference{Kind: access.KindUnknown, Key: id}
		if p, ok := r.found.Directory.Get(id); ok {
			references[i] = p.IDReference()
		}
	}
	return review.EntriesOf(references...), nil
}

// isFault notes an answer that cannot be right, where that does not end the read.
func (r *reader) isFault(what string, err error) bool {
	var answer *httpapi.Error
	if !r.through || !errors.As(err, &answer) || answer.Cause == nil || answer.IsOfAll() {
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.found.Faults = append(r.found.Faults, Fault{what, err})
	return true
}

// refused turns a refusal to show something into a gap, and what [ReadThrough] reads on after
// into a fault. Any other error stays one.
func (r *reader) refused(err error, what string) (bool, error) {
	if r.isFault(what, err) {
		return true, nil
	}
	if r.strict || !api.IsUnknownOrForbidden(err) {
		return false, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.refusal = err
	r.found.Gaps = append(r.found.Gaps, what+" could not be read: "+cmp.Or(api.OldServer(err), "SignPath refused it to the token."))
	return true, nil
}
