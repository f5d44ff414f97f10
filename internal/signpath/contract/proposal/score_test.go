package proposal_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract/mapping"
)

// facts are what a mapping says, by the path of the line that says it. What a file says once for
// all things is a fact of each: the values of roles, and the forms of lists of members.
type facts struct {
	*mapping.File
	said map[string]string
	// from are the paths of the other lines that say a fact, too.
	from map[string][]string
	// assumed are facts that no line says.
	assumed map[string]bool
}

func (f facts) add(value string, path ...string) {
	if value != "" {
		f.said[strings.Join(path, ".")] = value
	}
}

func factsOf(file *mapping.File) facts {
	f := facts{file, map[string]string{}, map[string][]string{}, map[string]bool{}}
	for _, t := range mapping.Things() {
		m := file.Things[t]
		if m == nil {
			m = &mapping.ThingMapping{}
		}
		f.addThing(string(t), m)
	}
	return f
}

func (f facts) addThing(name string, m *mapping.ThingMapping) {
	if l := m.List; l != nil {
		f.add(routeText(l.Method, l.Path), name, "list", "route")
		f.add(pathText(l.Items), name, "list", "items")
		if l.Page != nil {
			page := *l.Page
			page.Size, page.Entries, page.Total = "", 0, nil // How many are asked for at once loses nothing.
			f.add(text(page), name, "list", "page")
			f.add(pathText(l.Page.Total), name, "list", "page", "total")
		}
	}
	for _, concept := range mapping.Thing(name).Concepts() {
		f.addPlace(name, concept, m.Answer[concept.Name])
	}
	calls := map[string]*mapping.Call{
		"read": m.Read, "me": m.Me, "create": m.Create, "edit": m.Edit, "activate": m.Activate, "deactivate": m.Deactivate, "reinvite": m.Reinvite,
		"regenerate_token": m.RegenerateToken, "change_members": m.ChangeMembers, "modify_members": m.ModifyMembers,
	}
	for concept, call := range m.Set {
		calls["set."+concept] = call
	}
	if set := setOf(m); set != nil {
		calls["set.active"], calls["activate"], calls["deactivate"] = set, &mapping.Call{None: true}, &mapping.Call{None: true}
		for _, path := range []string{".route", "", ".body.active", ".body.isActive"} {
			f.from[name+".set.active"+path] = []string{name + ".activate", name + ".deactivate"}
		}
	}
	for call, c := range calls {
		if c != nil {
			f.addCall(c, name, call)
		}
	}
	f.addAssumedLists(name, m)
}

// setOf is what two calls of one route say that activate and deactivate by the values that an answer
// has for both; nil if they are none.
func setOf(m *mapping.ThingMapping) *mapping.Call {
	on, off := m.Activate, m.Deactivate
	if on == nil || off == nil || on.Method+on.Path != off.Method+off.Path || on.Body == nil || off.Body == nil ||
		len(on.Body.Fields) != 1 || len(off.Body.Fields) != 1 || text(on.Body.Fields[0].Path) != text(off.Body.Fields[0].Path) {
		return nil
	}
	yes, no := json.RawMessage("true"), json.RawMessage("false")
	if form := m.Answer["active"].Form; len(form.WhenTrue) > 0 && len(form.WhenFalse) > 0 {
		yes, no = form.WhenTrue[0], form.WhenFalse[0]
	}
	if string(on.Body.Fields[0].Source.Literal) != string(yes) || string(off.Body.Fields[0].Source.Literal) != string(no) {
		return nil
	}
	field := mapping.Field{Path: on.Body.Fields[0].Path, Source: mapping.Source{Concept: "active"}}
	return &mapping.Call{Method: on.Method, Path: on.Path, Body: &mapping.Body{Fields: []mapping.Field{field}}}
}

// assumedNames are what requests are assumed to call the concepts that they say.
var assumedNames = map[string]string{
	"name": "name", "email": "accountEmailAddress", "notification_email": "notificationEmailAddress", "identity": "identity", "role": "role",
	"description": "description", "purpose": "purpose", "verifies_trusted_build_system": "verifyTrustedBuildSystem",
	"verifies_origin_policy": "verifyOriginPolicy", "origin_policy_verification": "originPolicyVerification",
	"uses_approval_process": "useApprovalProcess", "required_approvals": "requiredApprovals",
}

// assumedLists are the lists that requests say by names that are assumed.
var assumedLists = map[string]map[string]map[string]string{
	"group":          {"change_members": {"members": "members"}, "modify_members": {"added_members": "addedMembers", "removed_members": "removedMembers"}},
	"project":        {"edit": {"readers": "readers", "configurators": "configurators"}},
	"signing_policy": {"edit": {"submitters": "submitters", "approvers": "approvers"}},
}

// addAssumedLists adds the lists that requests say as is assumed, where their form is another one.
func (f facts) addAssumedLists(name string, m *mapping.ThingMapping) {
	calls := map[string]*mapping.Call{"change_members": m.ChangeMembers, "modify_members": m.ModifyMembers, "edit": m.Edit}
	for call, concepts := range assumedLists[name] {
		c := calls[call]
		if c != nil && (c.None || c.Body != nil && (c.Body.Whole != nil || call != "edit")) {
			continue
		}
		for concept, assumed := range concepts {
			isSaid := c != nil && c.Body != nil && slices.ContainsFunc(c.Body.Fields, func(field mapping.Field) bool { return field.Source.Concept == concept })
			if !isSaid && m.Set[concept] == nil {
				f.addSource(mapping.Source{Concept: concept}, name, call, "body", assumed)
				f.assumed[strings.Join([]string{name, call, "body", assumed}, ".")] = true
			}
		}
	}
}

// addPlace adds where answers have a concept, and in which form.
func (f facts) addPlace(name string, concept mapping.Concept, place mapping.Place) {
	at := []string{name, "answer", concept.Name}
	path, form := pathText(place.Path), place.Form
	switch concept.Kind {
	case mapping.KindRole:
		for _, role := range mapping.Roles() {
			value, from := f.Roles[role], []string{"roles", "roles." + role}
			if own := form.Values[role]; own != nil {
				value, from = own, []string{strings.Join(at, ".")}
			}
			if value != nil && string(value) != text(role) {
				f.add(string(value), name, "roles", role)
				f.from[name+".roles."+role] = from
			}
		}
		form.Values = nil
	case mapping.KindMembers:
		written := membersText(f.answered(name, concept.Name))
		form.Members = nil
		if written != "" && !concept.InRequestsOnly {
			if path == "" {
				path = concept.Name
			}
			path += " " + written
		}
		f.from[strings.Join(at, ".")] = []string{"members.answer"}
	}
	if slices.Equal(form.Slug, mapping.Path{"slug"}) {
		form.Slug = nil
	}
	if slices.Equal(form.Name, mapping.Path{"name"}) {
		form.Name = nil
	}
	if !form.IsZero() {
		path += " " + text(form)
	}
	f.add(path, at...)
}

// answered is the form of a list in answers, and requested in requests that do not say another.
func (f facts) answered(thing, concept string) *mapping.Members {
	if m := f.Things[mapping.Thing(thing)]; m != nil && m.Answer[concept].Form.Members != nil {
		return m.Answer[concept].Form.Members
	}
	return f.Members.Answer
}

func (f facts) requested(thing, concept string) *mapping.Members {
	if concept == "added_members" || concept == "removed_members" {
		concept = "members"
	}
	if own := f.answered(thing, concept); own != f.Members.Answer || f.Members.Request == nil {
		return own
	}
	return f.Members.Request
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
		f.addSource(*c.Body.Whole, name, call, "body")
	}
	for _, field := range c.Body.Fields {
		f.addSource(field.Source, name, call, "body", field.Path.String())
	}
}

// addSource adds what a request says at a place, in which form.
func (f facts) addSource(s mapping.Source, path ...string) {
	switch {
	case s.Concept != "":
		written, isPlain := "="+s.Concept, s.Form.IsZero()
		concept, _ := mapping.Thing(path[0]).Concept(s.Concept)
		if concept.Kind == mapping.KindMembers {
			form := s.Form.Members
			if form == nil {
				form = f.requested(path[0], s.Concept)
				f.from[strings.Join(path, ".")] = []string{"members.request", "members.answer"}
			}
			if form := membersText(form); form != "" {
				written += " " + form
			}
			s.Form.Members = nil
		}
		if m := f.Things[mapping.Thing(path[0])]; m != nil && concept.Kind == mapping.KindState && text(s.Form) == text(m.Answer[s.Concept].Form) {
			s.Form = mapping.Form{}
		}
		if !s.Form.IsZero() {
			written += " " + text(s.Form)
		}
		place := strings.Join(path[min(3, len(path)):], ".")
		isAssumed := assumedLists[path[0]][path[1]][s.Concept] == place || path[1] == "set."+s.Concept && s.Concept == place ||
			(path[1] == "create" || path[1] == "edit") && assumedNames[s.Concept] == place
		if isPlainSet := isPlain && strings.HasPrefix(path[1], "set."); !isAssumed || written != "="+s.Concept && !isPlainSet {
			f.add(written, path...)
		}
	case s.Carried != nil:
		if s.Carried.String() != strings.Join(path[3:], ".") { // It goes back where it was without a word.
			f.add("<"+s.Carried.String(), path...)
		}
	default:
		f.add(string(s.Literal), path...)
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
		for _, path := range slices.Concat([]string{path}, isSaid.from[path], isTrue.from[path]) {
			if slices.ContainsFunc(proposed.Marks, func(m mapping.Mark) bool {
				return m.Open == open && m.Path != "" && (path == m.Path || strings.HasPrefix(path, m.Path+".") || strings.HasPrefix(m.Path, path+"."))
			}) {
				return true
			}
		}
		return false
	}
	for _, path := range slices.Sorted(maps.Keys(isSaid.said)) {
		said, known := isSaid.said[path], isTrue.said[path]
		switch marked := isMarked(path, false); {
		case isMarked(path, true):
		case said == known && marked:
			r.likely = append(r.likely, path)
		case said == known:
			r.right = append(r.right, path)
		case known == "" && (isSaid.assumed[path] || isImplied(isTrue.said, path, said)):
			r.same = append(r.same, path)
		case marked:
			r.unlikely = append(r.unlikely, path+": "+said+", and not "+known)
		default:
			r.wrong = append(r.wrong, path+": "+said+", and not "+known)
		}
	}
	for _, m := range proposed.Marks {
		if m.Open {
			r.asked = append(r.asked, m.Path)
		}
	}
	for _, path := range slices.Sorted(maps.Keys(isTrue.said)) {
		if isSaid.said[path] == "" && !isMarked(path, true) {
			if isExcused(path, isTrue.said[path]) {
				continue
			}
			r.missed = append(r.missed, path+": "+isTrue.said[path])
		}
	}
	return r
}

// excused are facts that a file need not state, by the end of their paths and by what they say, with
// the reason.
var excused = []struct{ call, said, why string }{
	{".create.body.", "=role", "the provider gives a role by an edit, and states none in a create"},
	{".answer.notification_email", nullText("notificationEmailAddress"), "null reads as the empty text anyway, and an empty text is left out of requests"},
	{".answer.identity", nullText("identity"), "null reads as the empty text anyway, and an empty text is left out of requests"},
	{".answer.required_approvals", nullText("requiredApprovals"), "null is no number that is configured, and goes back as it came"},
	{".list.page.total", "", "how many entries there are in all is a check, and the end of the pages is told without it"},
	{".list.items", "", "a list that is all there is in an answer is found without a word"},
	{".kept.", "kept", "an edit sends what it has a place for, so that the server need not keep it"},
}

// nullText is a place of which null is the empty value.
func nullText(path string) string { return path + " " + text(mapping.Form{NullIsEmpty: true}) }

func isExcused(path, said string) bool {
	return slices.ContainsFunc(excused, func(e struct{ call, said, why string }) bool {
		return strings.Contains(path, e.call) && (said == e.said || e.said == "" && (!strings.Contains(said, ".") || e.call == ".list.page.total"))
	})
}

// isImplied tells whether a fact that the truth does not state follows from it: a request that
// takes a value where the answer has it, or a place of a list that is the only one.
func isImplied(truth map[string]string, path, said string) bool {
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
