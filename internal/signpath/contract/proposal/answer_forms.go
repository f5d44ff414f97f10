package proposal

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// writePlace states one place, if it is not as assumed, with its form.
func (p *proposer) writePlace(t *thing, c *concept, at *place) {
	path := []string{t.name, "answer", c.name}
	form, g, why := p.formOf(c, at)
	g = max(g, at.grade)
	if g == asked && c.isOptional && t.isSettled && !p.isOpen(t, c) {
		delete(t.answer, c.name)
		return
	}
	switch {
	case g == asked && p.isAskedBefore(path, why):
		p.askAlong(path, why)
	case g == asked:
		p.ask(path, why, "`"+at.String()+"` has it, as it seems: "+orWhy(at.why, "it has the name"))
	case len(form) > 0:
		p.stateOrMark(g, path, flow(append([]pair{{"path", yamlText(at.String())}}, form...)...), strings.TrimPrefix(at.why+"; "+why, "; "))
	case at.String() != c.answered:
		p.stateOrMark(g, path, yamlText(at.String()), at.why)
	}
}

// formOf is the form of a concept where it is, beside that of members and roles, which have a
// place of their own in the file.
func (p *proposer) formOf(c *concept, at *place) (form []pair, g grade, why string) {
	switch c.shape {
	case shapeState:
		return p.statesForm(c, at)
	case shapeFlag:
		if len(at.values) > 0 {
			return p.statesForm(c, at)
		}
		if at.negated {
			return []pair{{"when_true", "false"}, {"when_false", "true"}}, likely, "its name says the opposite"
		}
	case shapeRole:
		return p.rolesForm(at)
	case shapeMembers:
		return p.listForm(at)
	case shapePolicies:
		return p.policiesForm(at)
	}
	return nil, sure, ""
}

// policiesForm says where an entry of a list of signing policies has its slug and its name: where
// one that is read has them, if an entry has that.
func (p *proposer) policiesForm(at *place) (form []pair, g grade, why string) {
	if at.items == nil || len(at.items.properties) == 0 {
		return nil, sure, ""
	}
	var open []string
	for _, name := range []string{"slug", "name"} {
		in := (*place)(nil)
		if t := p.things[policy]; t != nil {
			in = t.answer[name]
		}
		switch {
		case in != nil && at.items.properties[in.last()] != nil:
			if in.String() != name {
				form, g = append(form, pair{name, yamlText(in.String())}), max(g, in.grade)
			}
		case at.items.properties[name] == nil:
			open = append(open, name)
		}
	}
	if len(open) > 0 {
		return nil, asked, "Which of " + listOf(at.items.names()) + " is the " + strings.Join(open, " and which the ") + " of a signing policy? Write {path: " +
			clean(at.String()) + ", slug: …, name: …}"
	}
	return form, g, "as in the answer about one signing policy"
}

// The words of states.
var (
	activeWords   = []string{"active", "enabled", "valid", "open", "live", "on", "activated", "true", "working", "current"}
	inactiveWords = append(slices.Clone(negations), "invalid", "pending", "false", "paused", "dormant", "invited", "left")
)

// statesForm says what the values of a state mean. Only the assumed name, as a boolean, is sure:
// taken the wrong way round, it gives access.
func (p *proposer) statesForm(c *concept, at *place) (form []pair, g grade, why string) {
	name := clean(at.String())
	if form = p.statedStates(c, at); form != nil {
		return form, sure, "the values mean what they mean elsewhere"
	}
	switch {
	case at.says(openapi3.TypeBoolean) || len(at.types) == 0:
		return booleanForm(c, at)
	case len(at.values) == 0:
		return nil, asked, "Which texts does `" + name + "` have? Write {path: " + name + ", when_true: […], when_false: […]}"
	}
	var yes, no []string
	isPlain := true
	for _, value := range at.values {
		isYes, isNo := hasWord(texts([]any{value}), activeWords), hasWord(texts([]any{value}), inactiveWords)
		isPlain = isPlain && isYes != isNo
		if isYes {
			yes = append(yes, yamlValue(value))
		} else {
			no = append(no, yamlValue(value))
		}
	}
	if !isPlain || len(yes) == 0 || len(no) == 0 {
		return nil, asked, "Which of " + listOf(allTexts(at.values)) + " mean " + c.truth() + "? Write {path: " + name + ", when_true: […], when_false: […]}"
	}
	g = likely
	if at.last() == c.answered && fold(strings.Join(yes, "")) == "true" && fold(strings.Join(no, "")) == "false" {
		g = sure
	}
	return []pair{{"when_true", flowList(yes)}, {"when_false", flowList(no)}}, g, "what the values mean, by their words"
}

// statedStates is what a person has said of the same concept of other objects, if it has the same
// values by the same name there.
func (p *proposer) statedStates(c *concept, at *place) []pair {
	for _, name := range things {
		t, m := p.things[name], p.known.Things[thingOf(name)]
		if t == nil || m == nil || t.answer[c.name] == nil || !t.answer[c.name].known || t.answer[c.name].grade != sure {
			continue
		}
		form, other := m.Answer[c.name].Form, t.answer[c.name]
		if len(at.values) == 0 || len(form.WhenTrue) == 0 || other.last() != at.last() || encode(other.values) != encode(at.values) {
			continue
		}
		return []pair{{"when_true", rawList(form.WhenTrue)}, {"when_false", rawList(form.WhenFalse)}}
	}
	return nil
}

func rawList(values []json.RawMessage) string {
	var texts []string
	for _, value := range values {
		texts = append(texts, yamlRaw(value))
	}
	return flowList(texts)
}

// truth is what a state means that is true.
func (c *concept) truth() string {
	if c.shape == shapeState {
		return "that it may be used"
	}
	return "yes to the question " + c.asks
}

// booleanForm is statesForm for a boolean.
func booleanForm(c *concept, at *place) (form []pair, g grade, why string) {
	name := clean(at.String())
	switch isInactive, isActive := hasWord(at.path, negations), hasWord(at.path, activeWords); {
	case at.last() == c.answered:
		return nil, sure, ""
	case isInactive && !isActive:
		return []pair{{"when_true", "false"}, {"when_false", "true"}}, likely, "true seems to mean that the account may not be used"
	case isActive && !isInactive:
		return nil, likely, "true seems to mean that the account may be used"
	}
	return nil, asked, "Does true in `" + name + "` mean that it may be used? Write " + name + ", or, if true means the opposite, {path: " + name +
		", when_true: false, when_false: true}"
}
