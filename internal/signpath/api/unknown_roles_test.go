package api

import (
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// Whoever has a role that nobody knows is known without a look at everybody, from lists as
// from single reads and writes, and no longer than that is so.
func TestUnknownRolesAreKept(t *testing.T) {
	const first, second = "10000000-0000-4000-8000-000000000001", "10000000-0000-4000-8000-000000000002"
	user := func(id string, role access.Role) access.Principal {
		return access.Principal{Kind: access.KindUser, ID: id, Email: id + "@example.com", Role: role}
	}
	client := &Client{snapshot: newSnapshot(nil)}
	expect := func(when string, want int) {
		t.Helper()
		if got := client.UnknownRoles(); len(got) != want {
			t.Errorf("%s: %v have unknown roles, want %d", when, got, want)
		}
	}
	expect("at first", 0)
	client.snapshot.keepList(access.KindUser, []access.Principal{user(first, "Keeper"), user(second, vocabulary.RoleRegularUser)})
	expect("after the list", 1)
	client.snapshot.put(user(second, "Keeper"))
	expect("after a read", 2)
	client.snapshot.keepList(access.KindCIUser, nil)
	expect("after the list of others", 2)
	client.snapshot.put(user(first, vocabulary.RoleRegularUser))
	expect("after a write", 1)
	client.snapshot.keepList(access.KindUser, []access.Principal{user(first, "Keeper")})
	// Both were read by id since, which a list does not overrule.
	expect("after a list that lags", 1)
}

// An id counts as known before a create only if it was noted before, in whatever case.
func TestWhoWasKnownBefore(t *testing.T) {
	const before, after = "A0000000-0000-4000-8000-000000000001", "a0000000-0000-4000-8000-000000000002"
	s := newSnapshot(nil)
	s.keepList(access.KindUser, []access.Principal{{Kind: access.KindUser, ID: before}})
	at := s.now()
	s.keepList(access.KindUser, []access.Principal{{Kind: access.KindUser, ID: before}, {Kind: access.KindUser, ID: after}})
	if !s.wasKnown("a0000000-0000-4000-8000-000000000001", at) {
		t.Error("who was listed before is not known")
	}
	if s.wasKnown(after, at) || !s.wasKnown(after, s.now()) {
		t.Error("who was listed since counts as known before, or never")
	}
}
