package mock

import (
	"fmt"
	"slices"
)

// accessList is a list of principals that all projects or all signing policies have.
type accessList[Owner, Seed any] struct {
	property string
	relation Relation
	of       func(*Owner) *[]string
	seeded   func(*Seed) *[]string
}

// accessLists are the relations of all access lists, by the properties that hold them, in order.
func accessLists() (properties []string, relations []Relation) {
	for _, list := range projectLists {
		properties, relations = append(properties, list.property), append(relations, list.relation)
	}
	for _, list := range policyLists {
		properties, relations = append(properties, list.property), append(relations, list.relation)
	}
	return properties, relations
}

// resolveLists makes the lists of an owner, which errors name, those of its seed.
func resolveLists[Owner, Seed any](o *organization, lists []accessList[Owner, Seed], owner *Owner, seed *Seed, named string) error {
	for _, list := range lists {
		ids, err := o.resolveAll(*list.seeded(seed))
		if err != nil {
			return fmt.Errorf("%s of %s: %w", list.property, named, err)
		}
		*list.of(owner) = ids
	}
	return nil
}

// seedLists makes the lists of a seed those of its owner.
func seedLists[Owner, Seed any](o *organization, lists []accessList[Owner, Seed], owner *Owner, seed *Seed) {
	for _, list := range lists {
		*list.seeded(seed) = o.references(*list.of(owner))
	}
}

func listsOf[Owner, Seed any](lists []accessList[Owner, Seed], owner *Owner) map[string]*[]string {
	found := map[string]*[]string{}
	for _, list := range lists {
		found[list.property] = list.of(owner)
	}
	return found
}

// lists renders the lists of an object.
func (r renderer) lists(rendered object, owner subject) {
	for property, ids := range owner.lists() {
		rendered[property] = append([]string{}, *ids...)
	}
}

// lists reads the lists of an object.
func (e *edit) lists(owner subject) {
	for property, ids := range owner.lists() {
		e.members(property, ids)
	}
}

// relates tells whether a user is on the lists that a relation means, of the project or of some of its policies.
func (p *project) relates(o *organization, relation Relation, policies []*signingPolicy, userID string) bool {
	for _, list := range projectLists {
		if list.relation == relation && o.isOn(*list.of(p), userID) {
			return true
		}
	}
	for _, list := range policyLists {
		isOn := func(s *signingPolicy) bool { return o.isOn(*list.of(s), userID) }
		if list.relation == relation && slices.ContainsFunc(policies, isOn) {
			return true
		}
	}
	return false
}
