package planreview

import (
	"fmt"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
)

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
	case i.kind == kindHolders:
		return []decisiveAttribute{{attributeRole, formText, false}, {attributeMembers, formTexts, true}}, true
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
		case !i.touches() && !i.strange, i.of != nil:
			continue
		case i.strange:
			note(i, "actions", fmt.Sprintf("What becomes of %s is not known: %s.", i.address, spellActions(i.actions)))
		case !isKnown:
			note(i, "type", fmt.Sprintf("%s changes, and resources of the type %s are not known here.", i.address, i.reader.typeOf(i.kind)))
		}
		for _, attribute := range all {
			if is, hides := attribute.hides(i); hides {
				note(i, attribute.name, fmt.Sprintf("%s changes access, and its %s is %s.", i.address, attribute.name, is))
			}
		}
	}
	for _, action := range strangeActions(plan, m.plan.reader) {
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
