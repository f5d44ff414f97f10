package mapping

import (
	"maps"
	"slices"
)

// validate refuses what is well formed and contradicts itself.
func (r *reader) validate(file *File) {
	for _, t := range Things() {
		m := file.Things[t]
		if m == nil {
			continue
		}
		r.checkAnswer(t, m)
		for concept, call := range m.Set {
			r.mustSend(t, "set."+concept, call, concept)
			for _, source := range m.Edit.body().Sources() {
				if source.Concept == concept {
					r.refuse(m.Edit.Line, "%s.edit sends %s, which has a route of its own in %s.set: it would be sent twice", t, concept, t)
				}
			}
		}
		r.mustSend(t, callChangeMembers, m.ChangeMembers, "members")
		r.mustSend(t, callModifyMembers, m.ModifyMembers, "added_members", "removed_members")
		r.mustChangeMembers(t, m)
	}
	r.checkSlugs(file)
}

// mustChangeMembers refuses a group of which no route changes the members.
func (r *reader) mustChangeMembers(t Thing, m *ThingMapping) {
	isNone := func(c *Call) bool { return c != nil && c.None }
	if isNone(m.ChangeMembers) && isNone(m.ModifyMembers) && !sends(m.Edit.body(), "members") && m.Set["members"] == nil {
		r.refuse(m.ChangeMembers.Line, "%s has no route that changes its members: neither change_members, modify_members nor the edit sends them", t)
	}
}

func (c *Call) body() *Body {
	if c == nil {
		return nil
	}
	return c.Body
}

func sends(body *Body, concept string) bool {
	return slices.ContainsFunc(body.Sources(), func(s Source) bool { return s.Concept == concept })
}

// mustSend refuses a call whose body does not say what it is for. A body that is not
// stated, or has something left open, may yet.
func (r *reader) mustSend(t Thing, name string, call *Call, concepts ...string) {
	body := call.body()
	if body == nil {
		return
	}
	isOpen := func(s Source) bool { return s.Concept == "" && s.Carried == nil && s.Literal == nil }
	for _, concept := range concepts {
		if !sends(body, concept) && !slices.ContainsFunc(body.Sources(), isOpen) {
			r.refuse(call.Line, "%s.%s does not send =%s, which it is for", t, name, concept)
		}
	}
}

// checkAnswer refuses two concepts of which one is inside the other. Two principals'
// concepts may be one value: a name can be a slug.
func (r *reader) checkAnswer(t Thing, m *ThingMapping) {
	names := slices.Sorted(maps.Keys(m.Answer))
	for i, name := range names {
		for _, other := range names[i+1:] {
			a, b := m.Answer[name].Path, m.Answer[other].Path
			if a == nil || b == nil || t == AuditEvent || name == "slug" || other == "slug" {
				continue
			}
			if a.Begins(b) || b.Begins(a) {
				r.refuse(max(m.Answer[name].Line, m.Answer[other].Line), "%s.answer: %s is at %s and %s at %s, and one is inside the other", t, name, a, other, b)
			}
		}
	}
}

// checkSlugs refuses members by slugs where no principal has one.
func (r *reader) checkSlugs(file *File) {
	uses := func(m *Members) bool {
		return m != nil && (m.Form == FormSlugs || m.Each != nil && m.Each.Form == FormSlugs)
	}
	isUsed := uses(file.Members.Answer) || uses(file.Members.Request)
	for _, m := range file.Things {
		for _, place := range m.Answer {
			isUsed = isUsed || uses(place.Form.Members)
		}
		calls := append(slices.Collect(maps.Values(m.Set)), m.Create, m.Edit, m.ChangeMembers, m.ModifyMembers)
		for _, call := range calls {
			for _, source := range call.body().Sources() {
				isUsed = isUsed || uses(source.Form.Members)
			}
		}
	}
	hasSlug := func(t Thing) bool { return file.Things[t] != nil && file.Things[t].Answer["slug"].Path != nil }
	if isUsed && len(r.open) == 0 && !slices.ContainsFunc(Principals, hasSlug) { // While something is open, that may be the slug.
		r.refuse(0, "members are named by slugs, and no principal has one: state slug in the answer of user, ci_user or group")
	}
}
