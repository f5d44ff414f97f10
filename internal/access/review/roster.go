package review

import (
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// A roster knows every principal of an organization under one key each, however an
// entry names them. The key is the id, or the natural reference of a principal that
// has no id yet.
type roster struct {
	directory  *access.Directory
	principals map[string]Principal
	// strangers are the entries that fit no principal, by key.
	strangers map[string]access.Reference
	// incomplete is true where a stranger may well be a principal.
	incomplete bool
}

// strangerPrefix keeps the key of an entry that fits nobody apart from every id.
const strangerPrefix = "?"

func newRoster(org Organization) *roster {
	r := &roster{
		directory: access.NewDirectory(), principals: map[string]Principal{},
		strangers: map[string]access.Reference{}, incomplete: org.PrincipalsIncomplete,
	}
	for _, p := range org.Principals {
		if p.ID == "" {
			p.ID = r.newKey(p)
		}
		p.ID = strings.ToLower(p.ID)
		r.directory.Put(p.Principal)
		r.principals[p.ID] = p
	}
	return r
}

// newKey makes the key of a principal that has no id. Names that differ by case only
// are different ones, and keys are in lower case.
func (r *roster) newKey(p Principal) string {
	reference := p.Reference().Folded()
	key := strings.ToLower(reference.String())
	for {
		other, taken := r.principals[key]
		if !taken || other.Reference().Folded() == reference {
			return key
		}
		key += "'"
	}
}

// find returns whom the reference names. An unidentified entry is found where the
// directory has come to hold its id.
func (r *roster) find(reference access.Reference) (access.Principal, bool) {
	if reference.Kind == access.KindUnknown {
		return r.directory.Get(reference.Key)
	}
	p, err := r.directory.Find(reference)
	return p, err == nil
}

// key returns the key of whom the reference names.
func (r *roster) key(reference access.Reference) string {
	if p, ok := r.find(reference); ok {
		return p.ID
	}
	key := strangerPrefix + reference.Folded().String()
	r.strangers[key] = reference
	return key
}

// lasting names somebody the same way in every review: by the id, where there is one.
func (r *roster) lasting(reference access.Reference) string {
	if p, ok := r.find(reference); ok && access.IsID(p.ID) {
		return p.ID
	}
	if id, ok := reference.ID(); ok {
		return id
	}
	return reference.Folded().String()
}

// keys returns the key of everybody whom the references name, once and in order: a
// list may name somebody by the id, and what a plan adds to it by the natural key.
func (r *roster) keys(references []access.Reference) []string {
	keys := make([]string, len(references))
	for i, reference := range references {
		keys[i] = r.key(reference)
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// reference spells whom the key stands for.
func (r *roster) reference(key string) access.Reference {
	if stranger, ok := r.strangers[key]; ok {
		return stranger
	}
	return r.directory.ReferenceTo(key)
}

// same tells whether two references name the same principal.
func (r *roster) same(a, b access.Reference) bool {
	if a.Same(b) {
		return true
	}
	one, ok := r.find(a)
	other, found := r.find(b)
	return ok && found && one.ID == other.ID
}

func (r *roster) isGroup(key string) bool {
	if stranger, ok := r.strangers[key]; ok {
		return stranger.Kind == access.KindGroup
	}
	return r.principals[key].Kind == access.KindGroup
}

// An Account is a user or a CI user, or an entry of which nobody knows what it is.
type Account struct {
	Principal
	// Reference names it.
	Reference access.Reference
	// Stranger is true for an entry that fits no principal.
	Stranger bool

	key string
}

// InForce tells whether the account can use what it was given.
func (a *Account) InForce() bool { return !a.Stranger && a.Status() == access.StatusActive }

// Comes tells whether the account can use what it was given now, or as soon as it
// accepts its invitation, for which nobody else has to agree again. Rules against
// too much access count both; rules against too little count who is in force.
func (a *Account) Comes() bool { return !a.Stranger && a.Status() != access.StatusInactive }

// OnceInForce completes a sentence about an account that is not in force.
func (a *Account) OnceInForce() string {
	switch {
	case a.Status() == access.StatusInvited:
		return ", once the invitation is accepted"
	case a.Status() == access.StatusInactive:
		return ", once the account is active"
	}
	return ""
}

// accounts returns everybody who is no group, ordered by reference.
func (r *roster) accounts() []*Account {
	var all []*Account
	for key, p := range r.principals {
		if p.Kind != access.KindGroup {
			all = append(all, &Account{Principal: p, key: key, Reference: r.directory.ReferenceTo(key)})
		}
	}
	for key, reference := range r.strangers {
		if reference.Kind != access.KindGroup {
			all = append(all, r.strangeAccount(key, reference))
		}
	}
	slices.SortFunc(all, func(a, b *Account) int { return a.Reference.Compare(b.Reference) })
	return all
}

func (r *roster) strangeAccount(key string, reference access.Reference) *Account {
	a := &Account{key: key, Reference: reference, Stranger: true}
	if r.incomplete && reference.Kind != access.KindUnknown {
		a.Kind, a.Active, a.Stranger = reference.Kind, true, false
	}
	return a
}
