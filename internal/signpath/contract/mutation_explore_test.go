package contract

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

func serve(t *testing.T, h http.Handler, path, token string) []byte {
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, http.NoBody)
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != 200 {
		t.Fatalf("%s: %d %s", path, w.Code, w.Body)
	}
	return w.Body.Bytes()
}

type world struct {
	document map[string]any
	objects  map[*Route][]Object // by read route
	kinds    map[string]access.Kind
}

func newWorld(t *testing.T, dialect string) world {
	d, err := mock.ParseDialect(dialect)
	if err != nil {
		t.Fatal(err)
	}
	seed := mock.DemoSeed()
	seed.InteractiveUsers[0].NotificationEmail = "a@example.com"
	seed.CIUsers[0].NotificationEmail = "a@example.com"
	seed.Projects[0].Readers = []string{"user:qa.lead@example.com"}
	p := &seed.Projects[0].SigningPolicies[1]
	p.Approvers, p.Submitters = []string{"user:qa.lead@example.com"}, []string{"ci_user:terraform"}
	p.Description = "desc"
	s, err := mock.New(seed, mock.WithDialect(d))
	if err != nil {
		t.Fatal(err)
	}
	token := seed.CIUsers[0].Token
	base := "/Api/v1/" + s.OrganizationID()
	w := world{objects: map[*Route][]Object{}, kinds: map[string]access.Kind{}}
	if err := json.Unmarshal(serve(t, s, "/Api/swagger/v1/swagger.json", ""), &w.document); err != nil {
		t.Fatal(err)
	}
	id := func(ref string) string {
		i, err := s.ID(ref)
		if err != nil {
			t.Fatal(err)
		}
		return i
	}
	get := func(r *Route, path string) {
		o, err := DecodeObject(serve(t, s, base+path, token))
		if err != nil {
			t.Fatal(err)
		}
		w.objects[r] = append(w.objects[r], o)
	}
	get(RoutesOf[access.KindUser].Read, "/InteractiveUsers/"+id("user:org.admin@example.com"))
	get(RoutesOf[access.KindCIUser].Read, "/CIUsers/"+id("ci_user:terraform"))
	get(RoutesOf[access.KindGroup].Read, "/UserGroups/"+id("group:Release Managers"))
	get(RouteProject, "/Projects/project-a")
	get(RoutePolicy, "/Projects/project-a/SigningPolicies/release-signing")
	for _, u := range seed.InteractiveUsers {
		w.kinds[id("user:"+u.Email)] = access.KindUser
	}
	w.kinds[id("ci_user:terraform")] = access.KindCIUser
	w.kinds[id("group:Release Managers")] = access.KindGroup
	return w
}

func clone(v any) map[string]any {
	raw, _ := json.Marshal(v)
	var out map[string]any
	_ = json.Unmarshal(raw, &out)
	return out
}

// schema of request or answer of a route in the raw document, after $ref
func rawSchema(doc map[string]any, r *Route, part Part) map[string]any {
	for path, item := range doc["paths"].(map[string]any) {
		version, below, ok := belowOrganization(path)
		if !ok || foldRoute(version, r.Method, below) != foldRoute(r.Version(), r.Method, r.Path) {
			continue
		}
		op, _ := item.(map[string]any)[strings.ToLower(r.Method)].(map[string]any)
		if op == nil {
			return nil
		}
		var content any
		if part == PartRequest {
			b, _ := op["requestBody"].(map[string]any)
			content = b["content"]
		} else {
			res, _ := op["responses"].(map[string]any)
			for _, st := range []string{"200", "201"} {
				if x, ok := res[st].(map[string]any); ok {
					content = x["content"]
				}
			}
		}
		c, _ := content.(map[string]any)
		j, _ := c["application/json"].(map[string]any)
		s, _ := j["schema"].(map[string]any)
		return deref(doc, s)
	}
	return nil
}

func deref(doc, s map[string]any) map[string]any {
	for s != nil {
		ref, ok := s["$ref"].(string)
		if !ok {
			return s
		}
		s = doc["components"].(map[string]any)["schemas"].(map[string]any)[ref[strings.LastIndex(ref, "/")+1:]].(map[string]any)
	}
	return s
}

func (w world) refusals(t *testing.T, d document) map[string][]string {
	out := map[string][]string{}
	kindOf := func(id string) (access.Kind, bool) { k, ok := w.kinds[id]; return k, ok }
	n := Negotiation{d}
	ids := slices.Sorted(maps.Keys(w.kinds))
	add := func(r *Route, err error) {
		if err != nil {
			out[r.String()] = append(out[r.String()], err.Error())
		}
	}
	for _, r := range Routes() {
		if r.Method == http.MethodGet {
			continue
		}
		s, err := n.Settle(r, kindOf)
		if err != nil {
			add(r, err)
			continue
		}
		switch {
		case r.Edits != nil:
			for _, before := range w.objects[r.Edits] {
				for _, p := range r.Request {
					name := before.Key(p)
					if r.Edits == RoutePolicy && !p.isMemberList() {
						continue
					}
					var values []json.RawMessage
					switch {
					case p.isMemberList():
						members := ids
						values = []json.RawMessage{EncodeMembers(members)}
					case p == PropRole:
						for _, role := range access.Roles() {
							if role.Role != access.RoleDirectorySynchronizer {
								values = append(values, MustMarshal(role.Role))
							}
						}
					case p.IsOptional():
						values = []json.RawMessage{MustMarshal("x@example.com"), json.RawMessage("null")}
					default:
						values = []json.RawMessage{MustMarshal("x@example.com")}
					}
					for _, v := range values {
						wanted := maps.Clone(before)
						wanted[name] = v
						if SameJSON(v, before[name]) {
							continue
						}
						if r.Edits == RoutesOf[access.KindGroup].Read {
							wanted = maps.Clone(wanted)
							delete(wanted, wanted.Key(PropMembers))
						}
						_, err := s.ComposeEdit(Edit{Before: before, Wanted: wanted, Changed: map[string]bool{name: true}})
						add(r, err)
					}
				}
			}
		case slices.Contains(r.Request, PropMembers), slices.Contains(r.Request, PropAddedMembers):
			lists := map[Property][]string{}
			for _, p := range r.Request {
				lists[p] = ids
			}
			answered := w.objects[RoutesOf[access.KindGroup].Read][0].Value(PropMembers)
			_, err := s.ComposeMembers(answered, lists)
			add(r, err)
		default:
			texts := map[Property]string{}
			for _, p := range r.Request {
				texts[p] = "x@example.com"
			}
			_, err := s.Compose(texts)
			add(r, err)
			if err == nil && len(texts) > 0 {
				for p := range texts {
					if p.IsOptional() {
						delete(texts, p)
					}
				}
				_, err = s.Compose(texts)
				add(r, err)
			}
		}
	}
	return out
}

func TestExploreMutations(t *testing.T) {
	w := newWorld(t, "")
	type mutation struct {
		name  string
		apply func(w *world)
	}
	var mutations []mutation
	values := map[string]any{
		"string": map[string]any{"type": "string"}, "integer": map[string]any{"type": "integer"}, "boolean": map[string]any{"type": "boolean"},
		"object":  map[string]any{"type": "object"},
		"objects": map[string]any{"type": "array", "items": map[string]any{"type": "object"}},
		"uri":     map[string]any{"type": "string", "format": "uri", "nullable": true},
		"date":    map[string]any{"type": "string", "format": "date-time", "nullable": true},
		"enum":    map[string]any{"type": "string", "enum": []any{"A", "B"}, "nullable": true},
		"notnull": nil, "nullable": nil,
	}
	for _, r := range Routes() {
		if r.Method == http.MethodGet {
			continue
		}
		mutations = append(mutations, mutation{r.String() + " route removed", func(w *world) {
			for path, item := range w.document["paths"].(map[string]any) {
				_, below, ok := belowOrganization(path)
				if ok && foldRoute("v1", r.Method, below) == foldRoute("v1", r.Method, r.Path) {
					delete(item.(map[string]any), "post")
				}
			}
		}})
		mutations = append(mutations, mutation{r.String() + " parameter demanded", func(w *world) {
			for path, item := range w.document["paths"].(map[string]any) {
				_, below, ok := belowOrganization(path)
				if ok && foldRoute("v1", r.Method, below) == foldRoute("v1", r.Method, r.Path) {
					op := item.(map[string]any)["post"].(map[string]any)
					ps, _ := op["parameters"].([]any)
					op["parameters"] = append(ps, map[string]any{"name": "reason", "in": "query", "required": true, "schema": map[string]any{"type": "string"}})
				}
			}
		}})
		mutateSchema := func(part Part, route *Route, objectsOf *Route) {
			s := rawSchema(w.document, route, part)
			if s == nil {
				return
			}
			ps, _ := s["properties"].(map[string]any)
			label := fmt.Sprintf("%s %s", route, part)
			in := func(f func(w *world, s map[string]any)) func(w *world) {
				return func(w *world) { f(w, rawSchema(w.document, route, part)) }
			}
			objects := func(w *world, f func(o Object)) {
				if objectsOf != nil {
					for _, o := range w.objects[objectsOf] {
						f(o)
					}
				}
			}
			for name := range ps {
				mutations = append(mutations,
					mutation{label + " " + name + " removed", in(func(w *world, s map[string]any) {
						delete(s["properties"].(map[string]any), name)
						if req, ok := s["required"].([]any); ok {
							s["required"] = slices.DeleteFunc(req, func(x any) bool { return x == name })
						}
						objects(w, func(o Object) { delete(o, name) })
					})},
					mutation{label + " " + name + " renamed", in(func(w *world, s map[string]any) {
						p := s["properties"].(map[string]any)
						p["zz"+name] = p[name]
						delete(p, name)
						if req, ok := s["required"].([]any); ok {
							for i, x := range req {
								if x == name {
									req[i] = "zz" + name
								}
							}
						}
						objects(w, func(o Object) { o["zz"+name] = o[name]; delete(o, name) })
					})},
					mutation{label + " " + name + " required", in(func(w *world, s map[string]any) {
						req, _ := s["required"].([]any)
						s["required"] = append(req, name)
					})},
				)
				for kind, as := range values {
					mutations = append(mutations, mutation{label + " " + name + " as " + kind, in(func(w *world, s map[string]any) {
						p := s["properties"].(map[string]any)
						switch kind {
						case "notnull":
							delete(p[name].(map[string]any), "nullable")
						case "nullable":
							p[name].(map[string]any)["nullable"] = true
						default:
							p[name] = as
						}
						if part == PartAnswer {
							objects(w, func(o Object) {
								switch kind {
								case "string", "uri", "date":
									if typeOf(o[name]) != "string" {
										o[name] = MustMarshal("text")
									}
								case "integer":
									o[name] = json.RawMessage("7")
								case "boolean":
									o[name] = json.RawMessage("true")
								case "object":
									o[name] = json.RawMessage(`{"a":1}`)
								case "objects":
									o[name] = json.RawMessage(`[{"id":"11111111-1111-4111-8111-111111111111"}]`)
								case "enum":
									o[name] = json.RawMessage(`"A"`)
								}
							})
						}
					})})
				}
			}
			mutations = append(mutations,
				mutation{label + " + unknown", in(func(w *world, s map[string]any) {
					s["properties"].(map[string]any)["unknown"] = map[string]any{"type": "string", "nullable": true}
					objects(w, func(o Object) { o["unknown"] = MustMarshal("set") })
				})},
				mutation{label + " + unknown demanded", in(func(w *world, s map[string]any) {
					s["properties"].(map[string]any)["unknown"] = map[string]any{"type": "string"}
					req, _ := s["required"].([]any)
					s["required"] = append(req, "unknown")
					objects(w, func(o Object) { o["unknown"] = MustMarshal("set") })
				})},
				mutation{label + " open", in(func(w *world, s map[string]any) { s["additionalProperties"] = true })},
				mutation{label + " open + answer unknown", in(func(w *world, s map[string]any) { s["additionalProperties"] = map[string]any{} })},
			)
			if part == PartAnswer {
				mutations = append(mutations, mutation{label + " + read-only", in(func(w *world, s map[string]any) {
					s["properties"].(map[string]any)["unknown"] = map[string]any{"type": "string", "readOnly": true}
					objects(w, func(o Object) { o["unknown"] = MustMarshal("set") })
				})})
			}
		}
		mutateSchema(PartRequest, r, nil)
		if r.Edits != nil {
			mutateSchema(PartAnswer, r.Edits, r.Edits)
		}
		if len(r.Answer) > 0 {
			mutateSchema(PartAnswer, r, nil)
		}
	}
	slices.SortFunc(mutations, func(a, b mutation) int { return strings.Compare(a.name, b.name) })
	agree := 0
	for _, m := range mutations {
		mutated := world{document: clone(w.document), objects: map[*Route][]Object{}, kinds: w.kinds}
		for r, os := range w.objects {
			for _, o := range os {
				mutated.objects[r] = append(mutated.objects[r], maps.Clone(o))
			}
		}
		m.apply(&mutated)
		raw, _ := json.Marshal(mutated.document)
		d, err := parseDocument(raw)
		if err != nil {
			t.Fatal(m.name, err)
		}
		lines := map[string][]string{}
		all, _ := Compare(raw)
		for _, l := range all {
			if !l.Optional && (l.State == Missing || l.State == Contradicts) {
				lines[l.Route] = append(lines[l.Route], fmt.Sprintf("%s %s %s %s", l.State, l.Part, l.Assumed, l.Found))
			}
		}
		refused := mutated.refusals(t, d)
		// an answer that cannot be read refuses too
		for r, os := range mutated.objects {
			for _, o := range os {
				if err := r.CheckTypes(o); err != nil {
					refused["read "+r.String()] = append(refused["read "+r.String()], err.Error())
				}
			}
		}
		wrong := len(lines) > 0
		if wrong == (len(refused) > 0) {
			agree++
			continue
		}
		t.Errorf("%s\n   contract: %v\n   refused: %.500s", m.name, lines, fmt.Sprint(refused))
	}
	t.Logf("%d of %d agree", agree, len(mutations))
}
