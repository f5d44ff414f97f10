package planreview

import (
	"slices"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// membership are the members that an object names: whole lists have several, entries one.
type membership struct {
	references []access.Reference
	// concealed are those of the references that may not be shown where they stand.
	concealed map[access.Reference]bool
	// ids are those of the members, as far as they are told. In a set they have another
	// order than the references.
	ids []string
	is  knowledge
}

// membersIn reads the members that an object names, also those that may not be shown.
func membersIn(list *listResource, o *object) membership {
	m := membership{concealed: map[access.Reference]bool{}}
	name := attributeMember
	var texts []string
	if list.whole {
		name = attributeMembers
		texts, m.is = o.hiddenTexts(name)
		m.ids, _ = o.ids("member_ids")
	} else {
		var text string
		if text, m.is = o.hiddenText(name); text != "" {
			texts = []string{text}
		} else if m.is == known {
			m.is = malformed
		}
		if id := o.id("member_id"); id != "" {
			m.ids = []string{id}
		}
	}
	for _, text := range texts {
		reference, err := access.ParseEntry(text)
		if err != nil {
			m.is = malformed
			continue
		}
		m.references = append(m.references, reference)
		if o.isElementSensitive(name, text) {
			m.concealed[reference] = true
		}
	}
	return m
}

// named are those whom an object puts on a list: nobody, where what it grants has ended.
func (p *principals) named(list *listResource, o *object) *entryList {
	meant := p.meant(list, o)
	if !o.grants() {
		meant = newEntries()
		meant.complete = true
	}
	return meant
}

// meant finds whom an object names. A name may have gone to somebody else, and then the
// ids tell who is meant.
func (p *principals) meant(list *listResource, o *object) *entryList {
	m := membersIn(list, o)
	found := newEntries()
	found.complete, found.uncertain = m.is == known, m.is != known
	left := slices.Clone(m.ids)
	var open []access.Reference
	take := func(reference access.Reference, id string) {
		found.entries[id] = reference
		left = slices.DeleteFunc(left, func(other string) bool { return other == id })
	}
	for _, reference := range m.references {
		if id := p.idAmong(reference, left); id != "" {
			take(reference, id)
		} else {
			open = append(open, reference)
		}
	}
	for _, reference := range open {
		if len(open) == 1 && len(left) == 1 {
			p.introduce(reference, left[0])
			take(reference, left[0])
			break
		}
		found.entries[p.key(reference)] = reference
	}
	for key, reference := range found.entries {
		if m.concealed[reference] {
			found.concealed[key] = true
		}
	}
	return found
}

// idAmong returns that of the ids whom the reference may mean.
func (p *principals) idAmong(reference access.Reference, ids []string) string {
	if id, ok := reference.ID(); ok && slices.Contains(ids, id) {
		return id
	}
	for _, names := range []map[access.Reference]*person{p.byName, p.former} {
		if one := names[reference.Folded()]; one != nil && slices.Contains(ids, one.ID) {
			return one.ID
		}
	}
	return ""
}
