package mock

import (
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// fragment is a part of a mapping file, by the names in it.
type fragment map[string]any

// at is the part at a place, which is made if it is not there.
func (f fragment) at(names ...string) fragment {
	for _, name := range names {
		inner, isThere := f[name].(fragment)
		if !isThere {
			inner = fragment{}
			f[name] = inner
		}
		f = inner
	}
	return f
}

// text is the mapping file of which this is all; "" if it says nothing.
func (f fragment) text() string {
	if len(f) == 0 {
		return ""
	}
	text, err := yaml.Marshal(f)
	if err != nil {
		panic("mock: " + err.Error()) // It is made of texts, numbers and lists.
	}
	return "version: 1\n" + string(text)
}

// with adds what a mapping file says, which goes before what is there.
func (f fragment) with(text string) fragment {
	var added fragment
	if yaml.Unmarshal([]byte(text), &added) == nil { // It was parsed before.
		f.merge(added)
	}
	delete(f, "version")
	return f
}

func (f fragment) merge(added fragment) {
	for name, value := range added {
		own, isPart := f[name].(fragment)
		if inner, isMap := value.(fragment); isPart && isMap {
			own.merge(inner)
			continue
		}
		f[name] = value
	}
}

// Mapping is the mapping file that a client needs to manage a server of the dialect: YAML, or "" if it needs none. Where a
// dialect cannot be managed with any mapping, as where answers hide a property, it is what can be said.
func (d Dialect) Mapping() string {
	said := d.fragments()
	for _, name := range d.Demanded {
		for t, calls := range bodies {
			if calls[callEdit] != nil {
				said.at(string(t), callEdit, "body")[name] = "terraform"
			}
		}
	}
	return said.text()
}

// fragments is what the deviations of the dialect that are about names, forms and routes say in a mapping file. All that a
// server of the dialect does of these, it does by them.
func (d Dialect) fragments() fragment {
	said := fragment{}
	d.mapAnswers(said)
	d.mapRequests(said)
	d.mapMembers(said)
	d.mapRoles(said)
	d.mapStates(said)
	d.mapRoutes(said)
	d.mapLists(said)
	d.mapCreated(said)
	return said
}

// mapAnswers says where properties are that have another name in answers.
func (d Dialect) mapAnswers(said fragment) {
	for t, known := range concepts {
		for _, c := range known {
			if path := d.answerPath(c).String(); path != c.assumedPath().String() && c.answer != "" && !c.isMadeUp && c.form != formChange {
				said.at(string(t), "answer")[c.name] = path
			}
		}
	}
	if slug, name := d.answerName(propSlug), d.answerName(propName); slug != propSlug || name != propName {
		said.at(string(thingProject), "answer")["signing_policies"] = fragment{"path": d.answerName(propPolicies), "slug": slug, "name": name}
	}
}

// answerPath is the path of a concept in answers by the names of the dialect.
func (d Dialect) answerPath(c concept) jsonPath {
	path := slices.Clone(c.assumedPath())
	for i, name := range path {
		path[i] = d.answerName(name)
	}
	return path
}

// mapRequests says which bodies have other names.
func (d Dialect) mapRequests(said fragment) {
	for t, calls := range bodies {
		for call, properties := range calls {
			isOther := slices.ContainsFunc(properties, func(property string) bool { return d.requestName(property) != property })
			for _, property := range properties {
				// A change of members states all that it sends.
				if name := d.requestName(property); name != property || isOther && call == callModifyMembers {
					said.at(string(t), call, "body")[name] = "=" + conceptOf(t, property).name
				}
			}
		}
	}
}

func (d Dialect) mapMembers(said fragment) {
	objects := func(name func(string) string) fragment {
		form := fragment{"form": "objects", "id": name(propID)}
		if d.MemberTypes {
			kinds := fragment{}
			for k, names := range wireKinds {
				kinds[string(k)] = names.event
			}
			form["kind"], form["kinds"] = name(propType), kinds
		}
		return form
	}
	perKind := func(name func(string) string) fragment {
		form := fragment{"form": "per_kind"}
		for k, names := range wireKinds {
			form[string(k)] = name(names.list)
		}
		return form
	}
	switch {
	case d.MembersPerKind:
		said["members"] = fragment{"answer": perKind(d.answerName), "request": perKind(d.requestName)}
	case d.MemberTypes || d.MemberObjectRequests:
		said["members"] = fragment{"answer": objects(d.answerName), "request": objects(d.requestName)}
	case d.MemberObjects:
		said["members"] = fragment{"answer": objects(d.answerName), "request": fragment{"form": "ids"}}
	}
}

// roleNumbers are the roles by their numbers, for Dialect.RoleNumbers.
var roleNumbers = []Role{
	RoleRegularUser, RoleGlobalReader, RoleProjectAdministrator, RoleCertificateAdministrator, RoleUserAdministrator,
	RoleGlobalAdministrator, RoleDirectorySynchronizer,
}

func (d Dialect) mapRoles(said fragment) {
	for role, value := range d.writtenRoles() {
		said.at("roles")[string(role)] = value
	}
}

// writtenRoles are the roles that are written otherwise than by their names.
func (d Dialect) writtenRoles() map[Role]any {
	written := map[Role]any{}
	for _, role := range Roles() {
		switch {
		case d.NullRegularUser && role == RoleRegularUser:
			written[role] = nil
		case d.RoleNumbers:
			written[role] = slices.Index(roleNumbers, role)
		case d.RoleSpellings[role] != "":
			written[role] = d.RoleSpellings[role]
		}
	}
	return written
}

// mapStates says how active objects are told from others.
func (d Dialect) mapStates(said fragment) {
	if d.BooleanTexts {
		for _, t := range []thing{thingUser, thingCIUser, thingPolicy} {
			said.at(string(t), "answer")["active"] = fragment{
				"path": d.answerName(propIsActive), "when_true": []string{"True"}, "when_false": []string{"False"},
			}
		}
	}
	if d.PolicyStatus {
		said.at(string(thingPolicy), "answer")["active"] = fragment{
			"path": d.answerName(propStatus), "when_true": []string{statusValid}, "when_false": []string{statusInactive},
		}
	}
}

func (d Dialect) mapRoutes(said fragment) {
	spell := func(t thing, call, route string) { said.at(string(t), call)["route"] = "POST " + route }
	for _, k := range principalKinds {
		path := "/" + wireKinds[k].path
		if d.EditWithoutSuffix {
			spell(thing(k), callEdit, path+"/{id}")
		}
		if d.CreateSuffix {
			spell(thing(k), callCreate, path+"/"+opCreate)
		}
		if d.ActivationVerbs == EnableDisable && k != kindUserGroup {
			spell(thing(k), callActivate, path+"/{id}/Enable")
			spell(thing(k), callDeactivate, path+"/{id}/Disable")
		}
	}
	if d.EditWithoutSuffix {
		spell(thingProject, callEdit, projectTemplate)
		spell(thingPolicy, callEdit, policyTemplate)
	}
}

// listNames are the names that wrap the lists of things.
var listNames = map[thing]string{
	thingUser: wireKinds[kindInteractiveUser].list, thingCIUser: wireKinds[kindCIUser].list, thingGroup: wireKinds[kindUserGroup].list,
	thingProject: listProjects, thingEvent: listEvents,
}

func (d Dialect) mapLists(said fragment) {
	kind := pagings[d.Paging.Kind]
	for t, name := range listNames {
		if d.WrappedLists {
			said.at(string(t), callList)["items"] = d.answerName(name)
		}
		if d.Paging.Kind == "" || t == thingEvent {
			continue
		}
		if kind.items != "" {
			said.at(string(t), callList)["items"] = kind.items
		}
		maps.Copy(said.at(string(t), callList, "page"), kind.said)
	}
}

// mapCreated says where the answers of creates have the id and the token.
func (d Dialect) mapCreated(said fragment) {
	for _, k := range principalKinds {
		property := wireKinds[k].idProperty
		if d.CreateIDForm == CreateIDPlain {
			property = propID
		}
		if name := d.answerName(property); d.CreateIDForm != CreateIDLocationOnly && name != wireKinds[k].idProperty {
			said.at(string(k), callCreate)["id"] = name
		}
	}
	token := jsonPath{d.answerName(propAPIToken)}
	if d.TokenObjects {
		token = append(token, propTokenValue)
	}
	if path := token.String(); path != propAPIToken {
		said.at(string(thingCIUser), callRegenerateToken)["token"] = path
	}
}

// jsonPath is a path in JSON: the names of properties, each in the one before. An empty one is the value itself.
type jsonPath []string

func (p jsonPath) String() string {
	if len(p) == 0 {
		return "."
	}
	return strings.Join(p, ".")
}
