package proposal_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract/mapping"
)

// facts are what a mapping says, by the path of the line that says it.
type facts map[string]string

func (f facts) add(value string, path ...string) {
	if value != "" {
		f[strings.Join(path, ".")] = value
	}
}

func factsOf(file *mapping.File) facts {
	f := facts{}
	for role, value := range file.Roles {
		f.add(string(value), "roles", role)
	}
	f.add(membersText(file.Members.Answer), "members", "answer")
	f.add(membersText(file.Members.Request), "members", "request")
	for name, m := range file.Things {
		f.addThing(string(name), m)
	}
	return f
}

func (f facts) addThing(name string, m *mapping.ThingMapping) {
	if l := m.List; l != nil {
		f.add(routeText(l.Method, l.Path), name, "list", "route")
		f.add(pathText(l.Items), name, "list", "items")
		if l.Page != nil {
			page := *l.Page
			page.Size, page.Entries = "", 0 // How many are asked for at once loses nothing.
			f.add(text(page), name, "list", "page")
		}
	}
	for concept, place := range m.Answer {
		value := pathText(place.Path)
		if !place.Form.IsZero() {
			value += " " + formText(place.Form)
		}
		f.add(value, name, "answer", concept)
	}
	calls := map[string]*mapping.Call{
		"read": m.Read, "me": m.Me, "create": m.Create, "edit": m.Edit, "activate": m.Activate, "deactivate": m.Deactivate, "reinvite": m.Reinvite,
		"regenerate_token": m.RegenerateToken, "change_members": m.ChangeMembers, "modify_members": m.ModifyMembers,
	}
	for concept, call := range m.Set {
		calls["set."+concept] = call
	}
	for call, c := range calls {
		if c != nil {
			f.addCall(c, name, call)
		}
	}
}

func (f facts) addCall(c *mapping.Call, name, call string) {
	if c.None {
		f.add("none", name, call)
	}
	f.add(routeText(c.Method, c.Path), name, call, "route")
	f.add(pathText(c.ID), name, call, "id")
	f.add(pathText(c.Token), name, call, "token")
	for _, kept := range c.Kept {
		f.add("kept", name, call, "kept", kept)
	}
	if c.Body == nil {
		return
	}
	if c.Body.Whole != nil {
		f.add(sourceText(*c.Body.Whole), name, call, "body")
	}
	for _, field := range c.Body.Fields {
		f.add(sourceText(field.Source), name, call, "body", field.Path.String())
	}
}

func routeText(method, path string) string { return strings.TrimSpace(method + " " + path) }

func pathText(p mapping.Path) string {
	if p == nil {
		return ""
	}
	return p.String()
}

func membersText(m *mapping.Members) string {
	if m == nil || m.Form == mapping.FormIDs {
		return ""
	}
	copied := *m
	copied.Each = nil
	return text(copied) + membersText(m.Each)
}

func formText(f mapping.Form) string {
	members := membersText(f.Members)
	f.Members = nil
	return text(f) + members
}

func sourceText(s mapping.Source) string {
	switch {
	case s.Concept != "" && s.Form.IsZero():
		return "=" + s.Concept
	case s.Concept != "":
		return "=" + s.Concept + " " + formText(s.Form)
	case s.Carried != nil:
		return "<" + s.Carried.String()
	}
	return string(s.Literal)
}

func text(value any) string {
	encoded, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return string(encoded)
}

// A result says how a proposal fares beside the mapping that is right. Each is the paths of
// facts, sorted.
type result struct {
	// right are stated as they are, and wrong are stated otherwise; nothing marks either.
	right, wrong []string
	// likely are marked and right, and unlikely marked and wrong.
	likely, unlikely []string
	// asked are open, and missed are neither stated nor open.
	asked, missed []string
	// same are stated and as assumed, or say what a request says anyway.
	same []string
}

func (r result) String() string {
	return fmt.Sprintf("%d right, %d wrong, %d marked and right, %d marked and wrong, %d asked, %d missed",
		len(r.right), len(r.wrong), len(r.likely), len(r.unlikely), len(r.asked), len(r.missed))
}

// score compares what was proposed with the truth.
func score(truth, proposed *mapping.File) result {
	isTrue, isSaid := factsOf(truth), factsOf(proposed)
	var r result
	isMarked := func(path string, open bool) bool {
		return slices.ContainsFunc(proposed.Marks, func(m mapping.Mark) bool {
			return m.Open == open && m.Path != "" && (path == m.Path || strings.HasPrefix(path, m.Path+".") || strings.HasPrefix(m.Path, path+"."))
		})
	}
	for _, path := range slices.Sorted(maps.Keys(isSaid)) {
		said, isKnown := isSaid[path], isTrue[path] != ""
		switch marked := isMarked(path, false); {
		case isMarked(path, true):
		case said == isTrue[path] && marked:
			r.likely = append(r.likely, path)
		case said == isTrue[path]:
			r.right = append(r.right, path)
		case !isKnown && isImplied(isTrue, path, said):
			r.same = append(r.same, path)
		case marked:
			r.unlikely = append(r.unlikely, path+": "+said+", and not "+isTrue[path])
		default:
			r.wrong = append(r.wrong, path+": "+said+", and not "+isTrue[path])
		}
	}
	for _, m := range proposed.Marks {
		if m.Open {
			r.asked = append(r.asked, m.Path)
		}
	}
	for _, path := range slices.Sorted(maps.Keys(isTrue)) {
		if isSaid[path] == "" && !isMarked(path, true) {
			r.missed = append(r.missed, path+": "+isTrue[path])
		}
	}
	return r
}

// isImplied tells whether a fact that the truth does not state follows from it: a request that
// takes a value where the answer has it, or a place of a list that is the only one.
func isImplied(truth facts, path, said string) bool {
	names := strings.Split(path, ".")
	concept, isConcept := strings.CutPrefix(said, "=")
	if len(names) > 3 && names[2] == "body" && isConcept {
		concept, _, _ = strings.Cut(concept, " ")
		at, _, _ := strings.Cut(truth[names[0]+".answer."+concept], " ")
		place := strings.Join(names[3:], ".")
		return at == place || at == "" || place == "accountEmailAddress"
	}
	return len(names) > 2 && (names[2] == "items" || names[2] == "kept" || names[2] == "id")
}
