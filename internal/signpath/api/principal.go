package api

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// requiredProperties are what the answers about each kind must have: who it is,
// and, for users, whether the account is active and with which role. A missing
// property is an error and never a default, because who lacks a role would
// count as a Regular User.
var requiredProperties = map[access.Kind][]contract.Property{
	access.KindUser:   {contract.PropName, contract.PropEmail, contract.PropRole, contract.PropActive},
	access.KindCIUser: {contract.PropName, contract.PropRole, contract.PropActive},
	access.KindGroup:  {contract.PropName},
}

// Directory returns the principals of the kinds, listing each kind once. Writes
// of this client show in it at once.
func (c *Client) Directory(ctx context.Context, kinds ...access.Kind) (*access.Directory, error) {
	group, groupCtx := errgroup.WithContext(ctx)
	for _, kind := range kinds {
		group.Go(func() error {
			_, err := c.snapshot.listed[kind].get(groupCtx, func(ctx context.Context) ([]access.Principal, error) {
				return c.listPrincipals(ctx, kind)
			})
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return c.snapshot.directory, nil
}

func (c *Client) listPrincipals(ctx context.Context, kind access.Kind) ([]access.Principal, error) {
	items, err := c.getList(ctx, contract.RoutesOf[kind].List)
	if err != nil {
		return nil, err
	}
	if items, err = c.complete(ctx, kind, items); err != nil {
		return nil, err
	}
	r, principals := contract.RoutesOf[kind].List, make([]access.Principal, 0, len(items))
	err = c.examineList(r, items, func(item contract.Object) (entity, error) {
		p, err := decodePrincipal(kind, item)
		principals = append(principals, p)
		c.seen.Store(p.ID, item)
		return principalEntity(kind, p.ID), err
	})
	if err != nil {
		return nil, c.unusable(r, nil, err)
	}
	if kind == access.KindGroup {
		c.snapshot.setGroups(items)
	}
	for _, item := range items {
		c.noteIdentity(item)
	}
	for i, p := range principals {
		if principals[i], err = c.settleUser(ctx, p, items[i], r); err != nil {
			return nil, err
		}
	}
	return principals, nil
}

// noteIdentity notes that the server shows identities.
func (c *Client) noteIdentity(o contract.Object) {
	if o.Has(contract.PropIdentity) {
		c.showsIdentities.Store(true)
	}
}

// settleUser finds out what an answer of the route leaves open about a user: what a role
// of null means, and whether somebody without an identity is invited. A server that shows
// that of others leaves it out where it is null (observed of other properties); one that shows
// none says nothing of invitations.
func (c *Client) settleUser(ctx context.Context, p access.Principal, o contract.Object, r *contract.Route) (access.Principal, error) {
	c.noteIdentity(o)
	p.Invited = p.Invited || p.Kind == access.KindUser && !o.Has(contract.PropIdentity) && c.showsIdentities.Load()
	return c.settleRole(ctx, p, o, r)
}

// complete reads the entities of list items that lack a required property, as a
// list may carry summaries only. If the first entity has no more than its item,
// the others are not read: then the property has another name, and the caller
// reports that.
func (c *Client) complete(ctx context.Context, kind access.Kind, items []contract.Object) ([]contract.Object, error) {
	required := requiredProperties[kind]
	isSummary := func(o contract.Object) bool { return o.ID() != "" && !o.Has(required...) }
	first := slices.IndexFunc(items, isSummary)
	if first < 0 {
		return items, nil
	}
	read := func(ctx context.Context, i int) error {
		full, err := c.fetch(ctx, principalEntity(kind, items[i].ID()))
		if err == nil {
			items[i] = full
		}
		return err
	}
	if err := read(ctx, first); err != nil || !items[first].Has(required...) {
		return items, err
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(c.http.MaxConcurrentRequests())
	for i := range items {
		if isSummary(items[i]) {
			group.Go(func() error { return read(ctx, i) })
		}
	}
	return items, group.Wait()
}

func decodePrincipal(kind access.Kind, o contract.Object) (access.Principal, error) {
	required := requiredProperties[kind]
	if o.ID() == "" { // It may come from a link instead.
		required = append([]contract.Property{contract.PropID}, required...)
	}
	if err := o.Require(required...); err != nil {
		return access.Principal{}, err
	}
	role, err := roleOf(kind, o)
	if err != nil {
		return access.Principal{}, err
	}
	p := access.Principal{
		Kind:         kind,
		ID:           o.ID(),
		Name:         o.Text(contract.PropName),
		Email:        o.Text(contract.PropEmail),
		Role:         role,
		Active:       kind == access.KindGroup || o.Is(contract.PropActive),
		Synchronized: o.Is(contract.PropSynchronized),
		Support:      o.Is(contract.PropSupport),
	}
	for _, setting := range vocabulary.SignPath.SettingsOf(kind) {
		*setting.Of(&p) = o.Text(contract.PropertyOfSetting(setting))
	}
	// Accepting an invitation links the user to an account (documented); that
	// the identity is empty before is inferred.
	p.Invited = kind == access.KindUser && o.Has(contract.PropIdentity) && p.Identity == ""
	if !access.IsID(p.ID) {
		return access.Principal{}, fmt.Errorf("%w: the id of %s %q is no UUID", httpapi.ErrNotJSON, kind.Noun(), p.Name)
	}
	return p, nil
}

// Resolve finds the one principal that the reference names. The error is an
// [*access.NotFoundError], which looks through the other kinds for what was
// meant, an [*access.AmbiguousError], or an [*httpapi.Error].
func (c *Client) Resolve(ctx context.Context, reference access.Reference) (access.Principal, error) {
	directory, err := c.Directory(ctx, reference.Kind)
	if err != nil {
		return access.Principal{}, err
	}
	p, err := directory.Resolve(reference)
	if err == nil || !errors.Is(err, access.ErrNoPrincipal) {
		return p, err
	}
	if directory, err = c.wholeDirectory(ctx, reference.Kind); err != nil {
		return access.Principal{}, err
	}
	if id, ok := reference.ID(); ok {
		if p, err := c.Principal(ctx, reference.Kind, id); err == nil || !IsGone(err) {
			return p, err
		}
	}
	if everyone, err := c.Directory(ctx, access.Kinds()...); err == nil {
		directory = everyone
	}
	return directory.Resolve(reference)
}

// Principal returns the principal with the id. If the list does not hold it, it
// is read by id once, because lists may lag (documented incidents); if that
// fails too with 403 or 404, the principal is proven gone, and the error is a
// [*GoneError].
func (c *Client) Principal(ctx context.Context, kind access.Kind, id string) (access.Principal, error) {
	directory, err := c.Directory(ctx, kind)
	if err != nil {
		return access.Principal{}, err
	}
	if p, ok := directory.Get(id); ok && p.Kind == kind {
		return p, nil
	}
	gone := &GoneError{Object: fmt.Sprintf("%s with the id %s", kind.Noun(), id)}
	if c.snapshot.isMissing(id) {
		return access.Principal{}, gone
	}
	p, err := c.readPrincipal(ctx, kind, id)
	if !IsUnknownOrForbidden(err) {
		return p, err
	}
	refusal := err
	if directory, err = c.wholeDirectory(ctx, kind); err != nil {
		return access.Principal{}, err
	}
	if p, ok := directory.Get(id); ok && p.Kind == kind {
		return p, nil
	}
	if err := c.checkProves(ctx, directory, kind); err != nil {
		return access.Principal{}, fmt.Errorf("%w; and %w", refusal, err)
	}
	c.snapshot.setMissing(id)
	return access.Principal{}, gone
}

// checkProves makes sure that a list can prove that somebody is gone who is not in it: it
// holds the token's own user, where that is of the kind, and somebody at all.
func (c *Client) checkProves(ctx context.Context, directory *access.Directory, kind access.Kind) error {
	me, err := c.Me(ctx)
	if err != nil {
		return err
	}
	own, err := c.Directory(ctx, me.Kind)
	if err != nil {
		return err
	}
	if _, ok := own.Get(me.ID); !ok {
		return fmt.Errorf("the list of %ss does not hold %s, whose token this is, and so proves nothing", me.Kind.Noun(), me.Principal)
	}
	if len(directory.All(kind)) == 0 {
		return errEmptyList(kind.Noun() + "s")
	}
	return nil
}

// errEmptyList says why nothing is proven gone by a list that holds nobody: what an answer
// looks like from which something is left out cannot be told from it.
func errEmptyList(list string) error {
	return fmt.Errorf("the list of %s is empty, and so proves nothing: if the last one was deleted at SignPath, take what is about it out of the state with `terraform state rm`", list)
}

// wholeDirectory is [Client.Directory] for who takes it for a proof that somebody is
// not in it: the server's own document is asked whether the list has pages.
func (c *Client) wholeDirectory(ctx context.Context, kind access.Kind) (*access.Directory, error) {
	if _, err := c.document(ctx); err != nil {
		return nil, fmt.Errorf("whether the list of %ss is the whole is not known: %w", kind.Noun(), err)
	}
	return c.Directory(ctx, kind)
}

// ConfirmPrincipal is [Client.Principal] for what must not be taken from a list,
// because lists may lag behind (documented incidents): the principal is read by
// id, once.
func (c *Client) ConfirmPrincipal(ctx context.Context, kind access.Kind, id string) (access.Principal, error) {
	if p, ok := c.snapshot.confirmation(id); ok {
		return p, nil
	}
	return c.readPrincipal(ctx, kind, id)
}

// readPrincipal reads the principal now and notes it in the snapshot.
func (c *Client) readPrincipal(ctx context.Context, kind access.Kind, id string) (access.Principal, error) {
	e := principalEntity(kind, id)
	o, err := c.fetch(ctx, e)
	if err != nil {
		return access.Principal{}, err
	}
	p, err := decodePrincipal(kind, o)
	if err != nil {
		return p, c.unusable(e.read, e.parameters, err)
	}
	if p, err = c.settleUser(ctx, p, o, e.read); err != nil {
		return p, err
	}
	c.snapshot.put(p)
	c.seen.Store(p.ID, o)
	return p, nil
}

// References spells each of the ids as a configuration would. An id that no list
// holds may belong to a principal that was created after the lists were read, or the
// lists may have pages that only the server's document tells of. So they
// are read once more, but only once in the client's life.
func (c *Client) References(ctx context.Context, ids []string) (map[string]access.Reference, error) {
	directory, err := c.Directory(ctx, access.Kinds()...)
	if err != nil {
		return nil, err
	}
	isUnknown := func(id string) bool { _, known := directory.Get(id); return !known }
	if slices.ContainsFunc(ids, isUnknown) {
		c.LearnLists(ctx)
		c.snapshot.forgetLists()
		// Also when another caller made them be read again: that may be under way.
		if directory, err = c.Directory(ctx, access.Kinds()...); err != nil {
			return nil, err
		}
	}
	references := make(map[string]access.Reference, len(ids))
	for _, id := range ids {
		references[id] = directory.ReferenceTo(id)
	}
	return references, nil
}

// CreatePrincipal creates an interactive user (from name, e-mail, notification
// e-mail and identity), a CI user (from name and notification e-mail) or a user
// group (from name and description), and returns it with its id.
//
// The request is never sent twice. If the answer is lost, the list is read and
// the object looked for; if it cannot be found there either, the error says
// that SignPath may have created it.
func (c *Client) CreatePrincipal(ctx context.Context, p access.Principal) (access.Principal, error) {
	if err := c.checkNew(ctx, p); err != nil {
		return access.Principal{}, err
	}
	p.Active = true
	if p.Kind != access.KindGroup { // Groups have no role.
		p.Role = vocabulary.RoleRegularUser
	}
	p.Invited = p.Kind == access.KindUser && p.Identity == ""
	texts := created(p)
	before := c.snapshot.now()
	_, listed := c.snapshot.listed[p.Kind].peek()
	body, header, err := c.write(ctx, contract.RoutesOf[p.Kind].Create, nil, c.composeCreate(p))
	if err != nil {
		return c.findLostCreate(ctx, p, before, listed, err)
	}
	p.ID = contract.CreatedID(p.Kind, body, header.Get("Location"))
	// A Location may name the list and not the object, and an answer may be about
	// another one.
	if !access.IsID(p.ID) || p.ID == c.OrganizationID() || c.snapshot.wasKnown(p.ID, before) || contract.CheckCreated(body, texts) != nil {
		return c.findCreated(ctx, p, before)
	}
	c.snapshot.putCreated(p)
	return p, nil
}

func (c *Client) composeCreate(p access.Principal) composer {
	return func(s contract.Settled) (contract.Object, error) {
		return s.ComposeCreate(created(p), func() []contract.Object { return c.answered(p.Kind) })
	}
}

// answered are the answers about the principals of a kind.
func (c *Client) answered(kind access.Kind) []contract.Object {
	var answers []contract.Object
	for _, p := range c.snapshot.directory.All(kind) {
		if seen, ok := c.seen.Load(p.ID); ok {
			o, _ := seen.(contract.Object)
			answers = append(answers, o)
		}
	}
	return answers
}

// created are the texts that a create says.
func created(p access.Principal) map[contract.Property]string {
	texts := map[contract.Property]string{contract.PropName: p.Name, contract.PropEmail: p.Email}
	for _, setting := range vocabulary.SignPath.SettingsOf(p.Kind) {
		texts[contract.PropertyOfSetting(setting)] = *setting.Of(&p)
	}
	return texts
}

// checkNew refuses to create who exists on another page of the list. The caller has made sure
// that nobody has the name, and may have looked before the server's document told
// of pages.
func (c *Client) checkNew(ctx context.Context, p access.Principal) error {
	known, err := c.document(ctx)
	if err != nil || len(known.Paging(contract.RoutesOf[p.Kind].List).Parameters()) == 0 {
		return err
	}
	directory, err := c.Directory(ctx, p.Kind)
	if err != nil {
		return err
	}
	if found, err := directory.Find(p.Reference()); err == nil {
		return fmt.Errorf("%s exists already, with the id %s, and was not created again", found, found.ID)
	}
	return nil
}

// lagWaits are the waits before each look for a principal whose create was
// answered without an id, or not at all: lists may lag behind (documented
// incidents), by how much nobody says.
var lagWaits = []time.Duration{0, 250 * time.Millisecond, 750 * time.Millisecond, 2 * time.Second}

// lookFor lists the kind until the list holds the principal, which the caller
// made sure that it did not before: an id that was known before is another one's. The
// error is an [*access.NotFoundError] if the list never holds it.
func (c *Client) lookFor(ctx context.Context, p access.Principal, before uint64) (access.Principal, error) {
	var missing error
	for _, wait := range lagWaits {
		if err := httpapi.Sleep(ctx, wait); err != nil {
			return access.Principal{}, err
		}
		found, err := c.lookOnce(ctx, p, before)
		if !errors.Is(err, access.ErrNoPrincipal) {
			return found, err
		}
		missing = err
	}
	return access.Principal{}, missing
}

// lookOnce is lookFor for what a list shows now.
func (c *Client) lookOnce(ctx context.Context, p access.Principal, before uint64) (access.Principal, error) {
	principals, err := c.listPrincipals(ctx, p.Kind)
	if err != nil {
		return access.Principal{}, fmt.Errorf("the list could not be read: %w", err)
	}
	principals = slices.DeleteFunc(principals, func(p access.Principal) bool { return c.snapshot.wasKnown(p.ID, before) })
	found, err := access.NewDirectory(principals...).Find(p.Reference())
	if err == nil {
		c.snapshot.put(found)
	}
	return found, err
}

// findCreated finds what was just created although the answer had no id that can be its.
func (c *Client) findCreated(ctx context.Context, p access.Principal, before uint64) (access.Principal, error) {
	found, err := c.lookFor(ctx, p, before)
	if err != nil {
		return access.Principal{}, fmt.Errorf("SignPath accepted the request for %s but did not say with which id: %w", p, err)
	}
	return found, nil
}

// findLostCreate looks for the object of a create whose answer was lost: somebody who was not
// known before it. Listed is true if everybody was.
func (c *Client) findLostCreate(ctx context.Context, p access.Principal, before uint64, listed bool, cause error) (access.Principal, error) {
	var e *httpapi.Error
	switch {
	case !errors.As(cause, &e):
		return access.Principal{}, cause
	case !e.Sent && listed && (e.Status == http.StatusBadRequest || e.Status == http.StatusConflict):
		// A proxy that sends a request twice gets this answer for the second one. Where
		// nobody has looked who was there before, it could be about somebody else.
		if found, err := c.lookOnce(ctx, p, before); err == nil {
			return found, nil
		}
		return access.Principal{}, cause
	case !e.Sent:
		return access.Principal{}, cause
	}
	if found, err := c.lookFor(ctx, p, before); err == nil {
		return found, nil
	}
	return access.Principal{}, &LostCreateError{Principal: p, cause: cause}
}

// A LostCreateError says that it is not known whether SignPath created a
// principal: the answer was lost, and the list does not hold it (yet).
type LostCreateError struct {
	Principal access.Principal
	cause     error
}

func (e *LostCreateError) Error() string {
	return fmt.Sprintf("SignPath may or may not have created %s: %v. The list of %ss does not hold it now; it was not sent again, so that it cannot exist twice",
		e.Principal, e.cause, e.Principal.Kind.Noun())
}

// Unwrap returns the failure of the create.
func (e *LostCreateError) Unwrap() error { return e.cause }

// PrincipalChange says what of a user or group to change; nil leaves it as it is.
type PrincipalChange struct {
	Name *string
	// Settings are new texts, by the attributes of the settings; an empty one clears it.
	Settings map[string]string
	Role     *access.Role
	// From leaves the role of whoever has another one than this, as the user is read right
	// before the write. It is empty where any role is replaced.
	From access.Role
	// Yields leaves what this client has set, or is about to in the same edit: in one run,
	// a role is handed from one owner to another, in an order that nobody knows.
	Yields bool
}

// IsEmpty tells whether the change changes nothing.
func (c PrincipalChange) IsEmpty() bool {
	return c.Name == nil && len(c.Settings) == 0 && c.Role == nil
}

// EditPrincipal changes settings of an interactive user, a CI user or a user
// group, and leaves all others as they are.
func (c *Client) EditPrincipal(ctx context.Context, kind access.Kind, id string, change PrincipalChange) (Warnings, error) {
	publish := publisher{
		as: func(o contract.Object) error {
			p, err := decodePrincipal(kind, o)
			if err == nil {
				p, err = c.settleUser(ctx, p, o, contract.RoutesOf[kind].Read)
			}
			if err == nil {
				c.snapshot.put(p)
			}
			return err
		},
		forget: func() { c.snapshot.doubt(kind, id) },
	}
	if kind == access.KindGroup {
		publish = c.publishGroup(id, publish)
	}
	mutations, err := c.mutations(ctx, kind, change)
	if err != nil {
		return nil, err
	}
	return c.edit(ctx, principalEntity(kind, id), mutations, publish)
}

// mutations are what a change of somebody of the kind writes.
func (c *Client) mutations(ctx context.Context, kind access.Kind, change PrincipalChange) ([]mutation, error) {
	var mutations []mutation
	if change.Name != nil {
		mutations = append(mutations, setValue(contract.PropName, *change.Name))
	}
	for _, setting := range vocabulary.SignPath.SettingsOf(kind) {
		switch text, asked := change.Settings[setting.Attribute]; {
		case !asked:
		case text == "":
			mutations = append(mutations, setValue(contract.PropertyOfSetting(setting), nil))
		default:
			mutations = append(mutations, setValue(contract.PropertyOfSetting(setting), text))
		}
	}
	if change.Role != nil {
		role, err := c.setRole(ctx, kind, *change.Role)
		if err != nil {
			return nil, err
		}
		if change.From != "" {
			role = onlyFrom(role, change.From)
		}
		mutations = append(mutations, role)
	}
	for i := range mutations {
		mutations[i].yields = change.Yields
	}
	return mutations, nil
}

func activation(kind access.Kind, active bool) *contract.Route {
	if active {
		return contract.RoutesOf[kind].Activate
	}
	return contract.RoutesOf[kind].Deactivate
}

// SetActive activates or deactivates an interactive user or a CI user, and
// reads it back. If SignPath thereby also changed the role of the user, or emptied
// another setting, the error is a [*LostPropertiesError].
func (c *Client) SetActive(ctx context.Context, kind access.Kind, id string, active bool) error {
	r := activation(kind, active)
	before, isKnown := c.snapshot.read(id)
	if _, _, err := c.write(ctx, r, []string{id}, nil); err != nil {
		c.snapshot.doubt(kind, id)
		return err
	}
	p, err := c.readPrincipal(ctx, kind, id)
	for _, wait := range settleWaits {
		if err != nil || p.Active == active {
			break
		}
		if err = httpapi.Sleep(ctx, wait); err == nil {
			p, err = c.readPrincipal(ctx, kind, id)
		}
	}
	if err != nil {
		c.snapshot.doubt(kind, id)
		return err
	}
	if p.Active != active {
		return c.unusable(r, []string{id}, fmt.Errorf("it was accepted, but %s is still %s", p, map[bool]string{true: "active", false: "inactive"}[p.Active]))
	}
	if isKnown {
		return compareUser(before, p)
	}
	return nil
}

// compareUser finds what an activation or deactivation did to the user beyond that.
func compareUser(before, after access.Principal) error {
	unasked := &LostPropertiesError{Object: fmt.Sprintf("%s %s", before.Kind.Noun(), before.ID), Done: true}
	if before.Role != after.Role {
		unasked.Changed = append(unasked.Changed, fmt.Sprintf("the role, which was %s and is %s now", vocabulary.SignPath.Spell(before.Role), vocabulary.SignPath.Spell(after.Role)))
	}
	compare := func(noun, before, after string) {
		if before != "" && after == "" {
			unasked.Lost = append(unasked.Lost, fmt.Sprintf("the %s, which held %q", noun, before))
		}
	}
	compare("name", before.Name, after.Name)
	compare("e-mail address", before.Email, after.Email)
	for _, setting := range vocabulary.SignPath.SettingsOf(before.Kind) {
		compare(setting.Noun, *setting.Of(&before), *setting.Of(&after))
	}
	if len(unasked.Lost)+len(unasked.Changed) == 0 {
		return nil
	}
	return unasked
}

// Known returns the principals that were listed so far. It sends nothing.
func (c *Client) Known() *access.Directory { return c.snapshot.directory }

// UnknownRoles returns those of the principals that were listed so far whose role nobody
// knows, in no order. It sends nothing, and looks at nobody else.
func (c *Client) UnknownRoles() []access.Principal {
	c.snapshot.mu.Lock()
	defer c.snapshot.mu.Unlock()
	return slices.Collect(maps.Values(c.snapshot.unknownRoles))
}

// Reinvite sends an interactive user a new invitation. The request is never sent
// twice: each one is a mail.
//
// Nothing can be read back that would show it, so an answer that is a page, as
// proxies and portals put it in the place of SignPath's, is an error.
func (c *Client) Reinvite(ctx context.Context, id string) error {
	r, parameters := contract.RoutesOf[access.KindUser].Reinvite, []string{id}
	body, _, err := c.write(ctx, r, parameters, nil)
	if err == nil && bytes.HasPrefix(bytes.TrimSpace(body), []byte("<")) {
		return c.unusable(r, parameters, fmt.Errorf("%w: a page, so nobody can tell whether the invitation was sent", httpapi.ErrNotJSON))
	}
	return err
}
