package planreview

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
)

// withRules adds the rules about plans, unless the catalogue has them.
func withRules(b review.Rulebook) review.Rulebook {
	for _, rule := range review.PlanRules {
		if _, has := b.Catalogue.ByID(rule.ID); !has {
			b.Catalogue = append(slices.Clip(b.Catalogue), rule)
		}
	}
	return b
}

// An ownFinding is one of the rules about plans, with the instances that bring it about.
type ownFinding struct {
	review.Finding
	rule      string
	addresses []string
}

// findOwn lets the rules about plans find what the model has to say.
func (m *model) findOwn(b review.Rulebook) review.Rulebook {
	b.Catalogue = slices.Clone(b.Catalogue)
	for i, rule := range b.Catalogue {
		if _, isOwn := review.PlanRules.ByID(rule.ID); !isOwn {
			continue
		}
		b.Catalogue[i].Find = func(*review.Inspection) (found []review.Finding) {
			for _, own := range m.own {
				if own.rule == rule.ID {
					found = append(found, own.Finding)
				}
			}
			return found
		}
	}
	return b
}

// A form is that of an attribute.
type form int

const (
	formText form = iota
	formTexts
	formFlag
)

// A decisiveAttribute says who gets what.
type decisiveAttribute struct {
	name string
	form form
	// judged is true where a sensitive value is judged, and told without the name.
	judged bool
}

// decisive are the attributes that say who gets what, by the kind of resource; false for a
// kind that is not known.
func decisive(i *instance) ([]decisiveAttribute, bool) {
	active := decisiveAttribute{"active", formFlag, false}
	switch {
	case i.kind == "user":
		return []decisiveAttribute{{"email", formText, true}, active}, true
	case i.kind == "ci_user":
		return []decisiveAttribute{{"name", formText, true}, active}, true
	case i.kind == "user_group":
		return []decisiveAttribute{{"name", formText, true}}, true
	case i.kind == "role_assignment":
		return []decisiveAttribute{{attributeMember, formText, true}, {attributeRole, formText, false}}, true
	case i.kind == "ci_user_token":
		return []decisiveAttribute{{"ci_user", formText, true}}, true
	case i.list == nil:
		return nil, false
	}
	var all []decisiveAttribute
	for _, name := range i.list.attributes {
		all = append(all, decisiveAttribute{name, formText, false})
	}
	if i.list.role == "" {
		all = append(all, decisiveAttribute{"group", formText, false})
	}
	if i.list.whole {
		return append(all, decisiveAttribute{attributeMembers, formTexts, true}), true
	}
	return append(all, decisiveAttribute{attributeMember, formText, true}), true
}

// reads tells how well the attribute can be read. A missing one cannot, unless the role is
// null: that is how the provider writes one that is none.
func (a decisiveAttribute) reads(o *object) knowledge {
	value, has := o.values[a.name]
	is := known
	switch _, isFlag := value.(bool); {
	case o.unknown.holds(a.name):
		return unknown
	case a.form == formTexts:
		_, is = o.hiddenTexts(a.name)
	case a.form == formFlag && !isFlag, a.form == formText && !isText(value):
		is = malformed
	}
	if a.name == attributeRole && has && value == nil {
		is = known
	}
	if is == known && o.sensitive.holds(a.name) {
		return sensitive
	}
	return is
}

func isText(value any) bool {
	text, ok := value.(string)
	return ok && text != ""
}

// worst tells how well the attribute can be read on the side of a change where that is worse.
func (a decisiveAttribute) worst(i *instance) knowledge {
	worst := known
	i.sides(func(_ side, o *object) {
		is := a.reads(o)
		if isOfList := i.list != nil && (a.name == attributeMember || a.name == attributeMembers); isOfList && (is == known || is == sensitive) {
			if read := membersIn(i.list, o).is; read != known {
				is = read
			}
		}
		if is != known && (worst == known || worst == sensitive) {
			worst = is
		}
	})
	return worst
}

// hides tells whether the attribute changes, and keeps the judgement from knowing how.
func (a decisiveAttribute) hides(i *instance) (knowledge, bool) {
	switch is := a.worst(i); {
	case is == known, is == sensitive && a.judged:
		return is, false
	case is == sensitive && i.updates():
		return is, fmt.Sprint(i.before.values[a.name]) != fmt.Sprint(i.after.values[a.name])
	default:
		return is, true
	}
}

// findUnreadable notes what the plan changes and does not tell.
func (m *model) findUnreadable(plan *tfjson.Plan) {
	note := func(i *instance, what, sentence string) {
		f := review.Finding{About: i.address + " " + what, Sentence: sentence}
		if place, ok := m.placeOf(i); ok {
			f.Places = []access.Place{place}
		}
		m.own = append(m.own, ownFinding{f, review.UnreadableChange, []string{i.address}})
	}
	for _, i := range m.plan.managed {
		all, isKnown := decisive(i)
		switch {
		case !i.touches() && !i.strange:
			continue
		case i.strange:
			note(i, "actions", fmt.Sprintf("What becomes of %s is not known: %s.", i.address, spellActions(i.actions)))
		case !isKnown:
			note(i, "type", fmt.Sprintf("%s changes, and resources of the type %s are not known here.", i.address, typePrefix+i.kind))
		}
		for _, attribute := range all {
			if is, hides := attribute.hides(i); hides {
				note(i, attribute.name, fmt.Sprintf("%s changes access, and its %s is %s.", i.address, attribute.name, is))
			}
		}
	}
	for _, action := range strangeActions(plan) {
		m.own = append(m.own, ownFinding{review.Finding{
			About: action.Address, Sentence: fmt.Sprintf("%s is invoked, and actions of the type %s are not known here.", action.Address, action.Type),
		}, review.UnreadableChange, []string{action.Address}})
	}
}

func spellActions(actions tfjson.Actions) string {
	if len(actions) == 0 {
		return "the plan names no action"
	}
	return "the plan says " + strings.Join(each(actions, func(a tfjson.Action) string { return string(a) }), ", ")
}

// placeOf is the place of the list that an instance is about.
func (m *model) placeOf(i *instance) (place access.Place, ok bool) {
	if i.list == nil || i.list.role == "" {
		return place, false
	}
	i.sides(func(at side, o *object) {
		if key, known := m.lists[at].place(i.list, o); known {
			place, ok = key.place, true
		}
	})
	return place, ok
}

// findGivenUp notes what Terraform forgets and no other resource of the plan has from then
// on, with who is there. Entries of one list are one finding.
func (m *model) findGivenUp() {
	givenUp := map[listKey][]*instance{}
	for _, i := range m.plan.managed {
		if !i.forgotten() || i.strange {
			continue
		}
		switch {
		case i.list != nil:
			if key, ok := m.lists[before].place(i.list, i.before); ok && !m.isKept(i, key) {
				givenUp[key] = append(givenUp[key], i)
			}
		case i.kind == "role_assignment":
			one := m.people[before].who(i.before, attributeMember, "id")
			isKept := slices.ContainsFunc(m.plan.managed, func(other *instance) bool {
				return other.kind == i.kind && !other.forgotten() && other.after != nil && m.people[after].who(other.after, attributeMember, "id").key() == one.key()
			})
			if name := m.people[before].reference(one); !isKept {
				m.giveUp(review.Finding{Principals: []access.Reference{name}, About: "role", Sentence: fmt.Sprintf(
					"Terraform gives up the global role %s of %s, which stays.", m.plan.vocabulary.Title(i.before.role()), name)}, i)
			}
		case i.kind == "user_group":
			isKept := slices.ContainsFunc(m.plan.managed, func(other *instance) bool {
				return other.kind == i.kind && !other.forgotten() && other.after != nil && i.before.id("id") != "" && other.after.id("id") == i.before.id("id")
			})
			if one := m.people[before].sameAs(principalOf(access.KindGroup, i.before)); one != nil && !isKept {
				name := m.people[before].reference(one)
				m.giveUp(review.Finding{Principals: []access.Reference{name}, About: "group", Sentence: fmt.Sprintf(
					"Terraform gives up %s, which stays. In it %s.", name, m.spellHolders(membersOf(one.key()), nil))}, i)
			}
		}
	}
	for _, key := range slices.SortedFunc(maps.Keys(givenUp), compareLists) {
		m.giveUpList(key, givenUp[key])
	}
}

func (m *model) giveUp(f review.Finding, by ...*instance) {
	m.own = append(m.own, ownFinding{f, review.NoLongerManaged, each(by, func(i *instance) string { return i.address })})
}

// isKept tells whether another resource has what this one gives up of the list.
func (m *model) isKept(i *instance, key listKey) bool {
	return slices.ContainsFunc(m.plan.managed, func(other *instance) bool {
		if other == i || other.list == nil || other.forgotten() || other.after == nil {
			return false
		}
		at, ok := m.lists[after].place(other.list, other.after)
		if !ok || at != key || i.list.whole && !other.list.whole {
			return false
		}
		had, has := m.people[before].named(i.list, i.before), m.people[after].named(other.list, other.after)
		return other.list.whole || !slices.ContainsFunc(sortedKeys(had.entries), func(entry string) bool { return !has.has(entry) })
	})
}

func (m *model) giveUpList(key listKey, by []*instance) {
	f := review.Finding{About: m.plural(key)}
	if key.group != "" {
		f.Principals = []access.Reference{m.group(before, key)}
	} else {
		f.Places = []access.Place{key.place}
	}
	entries := newEntries()
	isWhole := slices.ContainsFunc(by, func(i *instance) bool { return i.list.whole })
	for _, i := range by {
		entries.join(m.people[before].named(i.list, i.before))
	}
	if isWhole {
		f.Sentence = fmt.Sprintf("Terraform gives up the list of %s, which stays. On it %s.", m.spellList(key), m.spellHolders(key, entries))
	} else {
		f.About += " entries"
		f.Sentence = fmt.Sprintf("Terraform gives up %s among the %s: they stay.", review.Enumerate(m.spelled(key, entries)), m.spellList(key))
	}
	m.giveUp(f, by...)
}

// spellHolders says who is on a list, or else who is on it by the entries that the plan has.
func (m *model) spellHolders(key listKey, entries *entryList) string {
	list := cmp.Or(m.lists[before].known[key], entries)
	switch {
	case list == nil:
		return "is nobody of whom the plan tells"
	case len(list.entries) == 0 && list.complete:
		return "is nobody"
	}
	names := m.spelled(key, list)
	if !list.complete {
		names = append(names, "whoever else is there")
	}
	if len(names) == 1 {
		return "is " + names[0]
	}
	return "are " + review.Enumerate(names)
}

// spelled names the entries of a list, as far as they may be.
func (m *model) spelled(key listKey, list *entryList) []string {
	names := access.Spell(m.people[before].entriesOf(list).References)
	covered := map[string]access.Reference{}
	m.veil.on(covered, key)
	m.veil.overAll(covered, names)
	slices.Sort(names)
	return names
}
