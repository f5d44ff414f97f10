package api

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract/mapping"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// Whether an edit keeps what it is not told, no document says. It can be tried: one object is
// written as it is, and read again. That is the one write that marks in the mapping do not
// keep from being sent, because some of them are answered by it. A person names the object and sees
// the request before; the provider never does this.

// An EditTarget names the one object that is written.
type EditTarget struct {
	// Project and Policy are slugs; Policy is empty for a project, and both are for a principal.
	Project, Policy string
	// Principal names a user, CI user or group.
	Principal access.Reference
}

// ParseEditTarget reads "signing_policy:PROJECT/POLICY", "project:PROJECT", or a reference
// such as "ci_user:NAME".
func ParseEditTarget(text string) (EditTarget, error) {
	kind, name, _ := strings.Cut(text, ":")
	project, policy, hasPolicy := strings.Cut(name, "/")
	switch {
	case kind == string(mapping.SigningPolicy) && project != "" && policy != "" && !strings.Contains(policy, "/"):
		return EditTarget{Project: project, Policy: policy}, nil
	case kind == string(mapping.Project) && project != "" && !hasPolicy:
		return EditTarget{Project: project}, nil
	}
	if reference, err := access.ParseReference(text); err == nil && slices.Contains(access.Kinds(), reference.Kind) {
		return EditTarget{Principal: reference}, nil
	}
	return EditTarget{}, fmt.Errorf("%q names nothing that can be edited: it is signing_policy:PROJECT/POLICY, project:PROJECT, user:ADDRESS, ci_user:NAME or group:NAME", text)
}

// An EditRehearsal is an edit that leaves an object as it is. It is not sent yet.
type EditRehearsal struct {
	// Object is what is written: `signing policy "a/test"`.
	Object string
	// Method, Path and Body are the request; Path is below the URL of the API.
	Method, Path string
	Body         json.RawMessage
	// Before is the object as the server wrote it. Who sends the edit has to have seen it: if the
	// edit does not keep something, and nobody comes to read the object again, it is told nowhere else.
	Before json.RawMessage
	// IsGrave is true for a signing policy that is not known to be for tests.
	IsGrave bool

	client *Client
	target entity
	before rehearsed
}

// rehearsed is an object as it was read: as the server wrote it, and by the assumed names.
type rehearsed struct {
	wire json.RawMessage
	contract.Object
}

// RehearseEdit reads an object and composes the edit that would leave it as it is. It sends
// nothing that changes anything. The error is a [*contract.Error] if the edit would lose
// something, with marks in the mapping and without.
func (c *Client) RehearseEdit(ctx context.Context, of EditTarget) (*EditRehearsal, error) {
	own, err := c.withoutMarks()
	if err != nil {
		return nil, err
	}
	e, err := own.entityOf(ctx, of)
	if err != nil {
		return nil, err
	}
	before, err := own.rehearsed(ctx, e)
	if err != nil {
		return nil, err
	}
	edit := contract.Edit{Before: before.Object, Wanted: maps.Clone(before.Object)}
	if of.Principal.Kind == access.KindGroup && own.hasMemberRoutes() {
		edit.Apart = string(contract.PropMembers)
	}
	_, body, err := own.compose(ctx, e.edit, func(s contract.Settled) (json.RawMessage, error) { return s.ComposeEdit(edit) })
	if err != nil {
		return nil, err
	}
	request := own.request(e.edit, e.parameters, nil)
	return &EditRehearsal{
		Object: e.name, Method: request.Method, Path: request.Base + request.Path, Body: body, Before: before.wire,
		IsGrave: of.Policy != "" && !isForTests(before.Object, of), client: own, target: e, before: before,
	}, nil
}

// isForTests tells whether a signing policy says that it is for tests, and not only its name.
func isForTests(o contract.Object, of EditTarget) bool {
	settings := vocabulary.SigningPolicy{Slug: of.Policy, Name: o.Text(contract.PropName), Purpose: o.Text(contract.PropPurpose)}
	return settings.Purpose != "" && settings.IsForTest()
}

// withoutMarks returns a client of its own that takes the mapping for confirmed.
func (c *Client) withoutMarks() (*Client, error) {
	config := c.config
	if config.Mapping != nil {
		confirmed := *config.Mapping
		confirmed.Marks = nil
		config.Mapping = &confirmed
	}
	return New(config)
}

func (c *Client) entityOf(ctx context.Context, of EditTarget) (entity, error) {
	switch {
	case of.Policy != "":
		return policyEntity(of.Project, of.Policy), nil
	case of.Project != "":
		return projectEntity(of.Project), nil
	}
	p, err := c.Resolve(ctx, of.Principal)
	if err != nil {
		return entity{}, err
	}
	e := principalEntity(p.Kind, p.ID)
	e.name = p.String()
	return e, nil
}

// rehearsed reads an object now.
func (c *Client) rehearsed(ctx context.Context, e entity) (rehearsed, error) {
	body, _, err := c.call(ctx, e.read, e.parameters, nil)
	if err != nil {
		return rehearsed{}, err
	}
	o, err := c.mapping.Decode(e.read, body, c.principals(ctx))
	if err != nil {
		return rehearsed{}, c.decoding(e.read, e.parameters, err)
	}
	if err := c.examine(e.read, e, o); err != nil {
		return rehearsed{}, c.unusable(e.read, e.parameters, err)
	}
	return rehearsed{body, o}, nil
}

// A Difference is something of an object that was otherwise after an edit.
type Difference struct {
	// Path is where answers have it, and Property what it is; empty if that is not known.
	Path, Property string
	// Before and After are in the words of the server, but for members, which are named as a
	// configuration does; After is "nothing" where the answer has it no more.
	Before, After string
	// IsMinor is true for what the provider does not know and that holds something still: servers
	// keep time stamps and counters by themselves.
	IsMinor bool
}

// Send sends the edit and reads the object again: at once, and after each of the waits. Reads may
// lag behind, and what was there before looks like what was kept. It returns what is otherwise, as soon
// as something of it is no minor thing.
func (r *EditRehearsal) Send(ctx context.Context, waits ...time.Duration) ([]Difference, error) {
	c, e := r.client, r.target
	if _, _, err := c.call(ctx, e.edit, e.parameters, r.Body); err != nil {
		return nil, err
	}
	_, _ = c.Directory(ctx, access.Kinds()...) // Who is on lists is told by name, as far as that can be read.
	for look := 0; ; look++ {
		after, err := c.rehearsed(ctx, e)
		if err != nil {
			return nil, fmt.Errorf("%s was edited, but could not be read back: %w", r.Object, err)
		}
		differences := r.compare(after)
		isGrave := slices.ContainsFunc(differences, func(d Difference) bool { return !d.IsMinor })
		if isGrave || look == len(waits) {
			return differences, nil
		}
		if err := httpapi.Sleep(ctx, waits[look]); err != nil {
			return nil, err
		}
	}
}

// compare finds what is otherwise: what is known, by what it means, and all else by what is
// written.
func (r *EditRehearsal) compare(after rehearsed) []Difference {
	var differences []Difference
	isToldOf := map[contract.Property]bool{}
	was, is := leaves(r.before.wire), leaves(after.wire)
	paths := maps.Clone(was)
	maps.Copy(paths, is)
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		var p contract.Property
		if parsed, err := mapping.ParsePath(path); err == nil {
			p = r.client.mapping.PropertyAt(r.target.read, parsed)
		}
		switch {
		case p.IsList() && !isToldOf[p] && sameValue(p, r.before.Object[string(p)], after.Object[string(p)]) && !sameEntries(was[path], is[path]):
			// Who is on the list is the same; what the server has of them there is not.
			differences = append(differences, Difference{path, "", orNothing(was[path]), orNothing(is[path]), false})
		case p != "" && (isToldOf[p] || sameValue(p, r.before.Object[string(p)], after.Object[string(p)])):
		case p == "" && contract.SameJSON(was[path], is[path]):
		default:
			isToldOf[p] = p != ""
			isMinor := p == "" && !contract.IsEmptyJSON(is[path])
			differences = append(differences, Difference{path, string(p), r.told(p, was[path], r.before.Object), r.told(p, is[path], after.Object), isMinor})
		}
	}
	return differences
}

func sameValue(p contract.Property, was, is json.RawMessage) bool {
	if p.IsList() {
		return sameMembers(was, is)
	}
	return contract.SameJSON(was, is)
}

// sameEntries tells whether two lists have the same entries, in any order.
func sameEntries(was, is json.RawMessage) bool {
	var a, b []json.RawMessage
	if json.Unmarshal(was, &a) != nil || json.Unmarshal(is, &b) != nil {
		return contract.SameJSON(was, is)
	}
	for _, entry := range a {
		i := slices.IndexFunc(b, func(other json.RawMessage) bool { return contract.SameJSON(entry, other) })
		if i < 0 {
			return false
		}
		b = slices.Delete(b, i, i+1)
	}
	return len(b) == 0
}

func orNothing(value json.RawMessage) string {
	if value == nil {
		return "nothing"
	}
	return string(value)
}

// told spells a value for a person.
func (r *EditRehearsal) told(p contract.Property, value json.RawMessage, o contract.Object) string {
	switch {
	case p.IsList() && o.Has(p):
		if ids := membersOf(o.Value(p)); len(ids) > 0 {
			return r.client.spell(ids)
		}
		return "nobody"
	}
	return orNothing(value)
}

// leaves are the values of an object that are no objects, by their paths.
func leaves(value json.RawMessage) map[string]json.RawMessage {
	found := map[string]json.RawMessage{}
	var walk func(path mapping.Path, value json.RawMessage)
	walk = func(path mapping.Path, value json.RawMessage) {
		o, err := contract.DecodeObject(value)
		if err != nil || len(o) == 0 {
			found[path.String()] = value
			return
		}
		for name, inner := range o {
			walk(append(slices.Clone(path), name), inner)
		}
	}
	walk(mapping.Path{}, value)
	return found
}
