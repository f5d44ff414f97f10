package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

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
	create := contract.RoutesOf[p.Kind].Create
	body, header, err := c.write(ctx, create, nil, c.composeCreate(p))
	if err != nil {
		return c.findLostCreate(ctx, p, before, listed, err)
	}
	p.ID = c.mapping.CreatedID(create, body, header.Get("Location"))
	// A Location may name the list and not the object, and an answer may be about
	// another one.
	if !access.IsID(p.ID) || p.ID == c.OrganizationID() || c.snapshot.wasKnown(p.ID, before) || c.mapping.CheckCreated(create, body, texts) != nil {
		return c.findCreated(ctx, p, before)
	}
	c.snapshot.putCreated(p)
	return p, nil
}

func (c *Client) composeCreate(p access.Principal) composer {
	return func(s contract.Settled) (json.RawMessage, error) {
		return s.ComposeCreate(created(p), func() []contract.Object { return c.answered(p.Kind) })
	}
}

// answered are the answers about the principals of a kind.
func (c *Client) answered(kind access.Kind) []contract.Object {
	var answers []contract.Object
	for _, p := range c.snapshot.directory.All(kind) {
		if o, ok := c.seenAs(p.ID); ok {
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
	if err != nil || len(known.PageParameters(contract.RoutesOf[p.Kind].List)) == 0 {
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
