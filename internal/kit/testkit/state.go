package testkit

import (
	"maps"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"
)

// A State is what a run leaves for the next one. It is shared by nobody: use Clone.
type State struct {
	instances map[instanceAddress]*instance
	outputs   map[string]cty.Value
}

// An instance has its current object, if there is one, and those that create
// before destroy has left to be destroyed.
type instance struct {
	provider string
	current  *object
	deposed  map[string]*object
}

// An object is immutable.
type object struct {
	value, identity cty.Value
	private         []byte
	tainted         bool
	createFirst     bool
	dependencies    []resourceAddress
	// sensitive is what the configuration had marked.
	sensitive []cty.PathValueMarks
}

func newState() *State { return &State{instances: map[instanceAddress]*instance{}} }

// Clone returns a copy that has nothing in common with it.
func (s *State) Clone() *State {
	clone := &State{instances: map[instanceAddress]*instance{}, outputs: maps.Clone(s.outputs)}
	for address, i := range s.instances {
		clone.instances[address] = &instance{provider: i.provider, current: i.current, deposed: maps.Clone(i.deposed)}
	}
	return clone
}

// Equal tells whether both hold the same objects, their private state included.
func (s *State) Equal(other *State) bool {
	return maps.EqualFunc(s.instances, other.instances, func(a, b *instance) bool {
		return a.current.equal(b.current) && maps.EqualFunc(a.deposed, b.deposed, (*object).equal)
	})
}

func (o *object) equal(other *object) bool {
	if o == nil || other == nil {
		return o == other
	}
	return o.value.RawEquals(other.value) && string(o.private) == string(other.private) && o.tainted == other.tainted
}

// addresses are those of all instances, in order.
func (s *State) addresses() []instanceAddress {
	return slices.SortedFunc(maps.Keys(s.instances), func(a, b instanceAddress) int { return strings.Compare(a.String(), b.String()) })
}

// Addresses are those of all instances of managed resources that have an object or
// have left one to be destroyed.
func (s *State) Addresses() []string {
	var all []string
	for _, address := range s.addresses() {
		if !address.data {
			all = append(all, address.String())
		}
	}
	return all
}

// Attribute is that of the current object of an instance. It is false where there
// is none.
func (s *State) Attribute(address, name string) (cty.Value, bool) {
	a, err := parseAddress(address)
	if err != nil {
		return cty.NilVal, false
	}
	i := s.instances[a]
	if i == nil || i.current == nil || !i.current.value.Type().HasAttribute(name) {
		return cty.NilVal, false
	}
	return i.current.value.GetAttr(name), true
}

// Tainted tells whether the instance was created and did not become what it should.
func (s *State) Tainted(address string) bool {
	a, err := parseAddress(address)
	i := s.instances[a]
	return err == nil && i != nil && i.current != nil && i.current.tainted
}

// Deposed counts the objects of the instance that are left to be destroyed.
func (s *State) Deposed(address string) int {
	a, err := parseAddress(address)
	if i := s.instances[a]; err == nil && i != nil {
		return len(i.deposed)
	}
	return 0
}

// Remove takes an instance out, and destroys nothing.
func (s *State) Remove(address string) error {
	a, err := parseAddress(address)
	delete(s.instances, a)
	return err
}

// Taint lets the next plan replace an instance.
func (s *State) Taint(address string) error {
	a, err := parseAddress(address)
	if i := s.instances[a]; err == nil && i != nil && i.current != nil {
		tainted := *i.current
		tainted.tainted = true
		i.current = &tainted
	}
	return err
}

// put replaces the current object of an instance; nil takes it away.
func (s *State) put(address instanceAddress, provider string, o *object) {
	i := s.instances[address]
	if i == nil {
		if o == nil {
			return
		}
		i = &instance{deposed: map[string]*object{}}
		s.instances[address] = i
	}
	i.provider, i.current = provider, o
	s.prune(address)
}

func (s *State) prune(address instanceAddress) {
	if i := s.instances[address]; i != nil && i.current == nil && len(i.deposed) == 0 {
		delete(s.instances, address)
	}
}

// current is the object of an instance, or nil.
func (s *State) current(address instanceAddress) *object {
	if i := s.instances[address]; i != nil {
		return i.current
	}
	return nil
}

// move gives instances other addresses, as moved blocks and a count that comes or
// goes say.
func (s *State) move(c *configuration) {
	for _, m := range c.moves {
		for _, address := range s.addresses() {
			to := m.to
			switch {
			case address == m.from:
			case m.from.key == "" && m.to.key == "" && address.resourceAddress == m.from.resourceAddress:
				to.key = address.key
			default:
				continue
			}
			s.rename(address, to)
		}
	}
	for _, r := range c.resources {
		single, first := instanceAddress{r.resourceAddress, ""}, instanceAddress{r.resourceAddress, intKey(0)}
		if r.count != nil {
			s.rename(single, first)
		} else if r.forEach == nil {
			s.rename(first, single)
		}
	}
}

func (s *State) rename(from, to instanceAddress) {
	if s.instances[from] == nil || s.instances[to] != nil {
		return
	}
	s.instances[to] = s.instances[from]
	delete(s.instances, from)
}

// An Object is one of a state, told.
type Object struct {
	Address          string
	Values, Identity map[string]any
	Private          []byte
	Tainted, Deposed bool
}

// Objects are all of the managed resources, those that are left to be destroyed
// too.
func (s *State) Objects() []Object {
	var all []Object
	for _, address := range s.addresses() {
		i := s.instances[address]
		tell := func(o *object, deposed bool) {
			values, _ := jsonValue(o.value).(map[string]any)
			identity, _ := jsonIdentity(o.identity).(map[string]any)
			all = append(all, Object{
				Address: address.String(), Values: values, Identity: identity, Private: o.private, Tainted: o.tainted, Deposed: deposed,
			})
		}
		if address.data {
			continue
		}
		if i.current != nil {
			tell(i.current, false)
		}
		for _, o := range i.deposed {
			tell(o, true)
		}
	}
	return all
}
