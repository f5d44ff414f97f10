package api

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

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
	if kind == access.KindGroup {
		ctx = context.WithValue(ctx, listingGroups{}, true)
	}
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
		principals[i] = c.settleUser(p, items[i])
	}
	return principals, nil
}

// noteIdentity notes that the server shows identities.
func (c *Client) noteIdentity(o contract.Object) {
	if o.Has(contract.PropIdentity) {
		c.showsIdentities.Store(true)
	}
}

// settleUser finds out what an answer leaves open about a user: whether somebody without an
// identity is invited. A server that shows that of others leaves it out where it is null
// (observed of other properties); one that shows none says nothing of invitations.
func (c *Client) settleUser(p access.Principal, o contract.Object) access.Principal {
	c.noteIdentity(o)
	p.Invited = p.Invited || p.Kind == access.KindUser && !o.Has(contract.PropIdentity) && c.showsIdentities.Load()
	return p
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
	if c.snapshot.isMissing(kind, id) {
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
	c.snapshot.setMissing(kind, id)
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
	p = c.settleUser(p, o)
	c.slugs.note(kind, p.ID, o.Text(contract.PropSlug))
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

// Known returns the principals that were listed so far. It sends nothing.
func (c *Client) Known() *access.Directory { return c.snapshot.directory }

// UnknownRoles returns those of the principals that were listed so far whose role nobody
// knows, in no order. It sends nothing, and looks at nobody else.
func (c *Client) UnknownRoles() []access.Principal {
	c.snapshot.mu.Lock()
	defer c.snapshot.mu.Unlock()
	return slices.Collect(maps.Values(c.snapshot.unknownRoles))
}
