package contract

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
)

var evidenceLevels = []string{"documented", "observed", "inferred"}

func TestTheDocumentHasTheRoutesOfTheClient(t *testing.T) {
	documented := map[string]bool{}
	for _, found := range assumed() {
		documented[found.method+" "+found.path] = true
	}
	for _, r := range Routes() {
		described, _ := assumed().of(r)
		if !documented[r.String()] || described.source == "" || !slices.Contains(evidenceLevels, described.evidence) {
			t.Errorf("the document lacks %s, or its evidence: %+v", r, described.fact)
		}
		delete(documented, r.String())
	}
	for r := range documented {
		t.Errorf("the client lacks %s", r)
	}
}

// What a route reads and writes is described there, under the very name.
func TestTheDocumentHasThePropertiesOfEachRoute(t *testing.T) {
	for _, r := range Routes() {
		described, _ := assumed().of(r)
		for _, p := range r.Request {
			if name := p.requestNames()[0]; described.request.factOf(name).evidence == "" {
				t.Errorf("%s: the document lacks %s in the request", r, name)
			}
		}
		for _, p := range r.Answer {
			if described.answer.factOf(string(p)).evidence == "" {
				t.Errorf("%s: the document lacks %s in the answer", r, p)
			}
		}
	}
}

// Every property in the document has its evidence, and is one of the client's or
// says why not (x-client), and the other way round. The same property of several
// objects has one evidence, which messages tell without an object.
func TestTheDocumentHasThePropertiesOfTheClient(t *testing.T) {
	known, used, evidenceOf := declaredProperties(t), map[Property]bool{}, map[string]string{}
	for _, described := range documentedProperties(t) {
		p, client := Property(described.name), described.extension("x-client")
		if answered := described.extension("x-response-name"); answered != "" {
			p = Property(answered)
			if client == "" && namesInRequests[p] != described.name {
				t.Errorf("%s: requests call it %q in the document, %q in the client", p, described.name, namesInRequests[p])
			}
		}
		if described.object == "" || described.extension("x-source") == "" || !slices.Contains(evidenceLevels, described.extension("x-evidence")) {
			t.Errorf("the document lacks object, evidence or source of %+v", described)
		}
		// Where the client does not go by the name, it may be another thing.
		key := string(p)
		if client != "" {
			key = client + " " + described.object + " " + key
		}
		evidence := described.extension("x-evidence") + ": " + described.extension("x-source")
		if other, ok := evidenceOf[key]; ok && evidence != other {
			t.Errorf("%s: %q somewhere, and %q elsewhere", key, evidence, other)
		}
		evidenceOf[key] = evidence
		switch {
		case client == "standard": // Its names are no guess, and may be others' as well.
		case client != "" && known[p]:
			t.Errorf("the client has %s, and the document says x-client: %s", p, client)
		case client != "":
		case !known[p]:
			t.Errorf("the client lacks %s, and the document does not say why (x-client)", p)
		default:
			used[p] = true
		}
	}
	for p := range known {
		if !used[p] {
			t.Errorf("the document lacks the property %s", p)
		}
	}
}

// declaredProperties are the constants of type Property.
func declaredProperties(t *testing.T) map[Property]bool {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "property.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	declared := map[Property]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, isValue := n.(*ast.ValueSpec)
		if !isValue || !strings.HasPrefix(spec.Names[0].Name, "Prop") {
			return true
		}
		name, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		if err != nil {
			t.Fatal(err)
		}
		declared[Property(name)] = true
		return false
	})
	return declared
}

// A documentedProperty is a property of any schema in the document.
type documentedProperty struct {
	object, name string
	described    map[string]any
}

func (p documentedProperty) extension(name string) string {
	value, _ := p.described[name].(string)
	return value
}

func documentedProperties(t *testing.T) []documentedProperty {
	t.Helper()
	loaded, err := openapi3.NewLoader().LoadFromData(OpenAPI())
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := json.Marshal(loaded)
	if err != nil {
		t.Fatal(err)
	}
	var document any
	if err := json.Unmarshal(encoded, &document); err != nil {
		t.Fatal(err)
	}
	var found []documentedProperty
	var walk func(any)
	walk = func(value any) {
		switch value := value.(type) {
		case map[string]any:
			properties, _ := value["properties"].(map[string]any)
			object, _ := value["x-object"].(string)
			for name, described := range properties {
				found = append(found, documentedProperty{object, name, described.(map[string]any)})
			}
			for _, inner := range value {
				walk(inner)
			}
		case []any:
			for _, inner := range value {
				walk(inner)
			}
		}
	}
	walk(document)
	return found
}

// The names of a new object's id are in a table of their own.
func TestTheDocumentHasTheNamesOfNewIDs(t *testing.T) {
	known := map[string]bool{string(PropAPIToken): true}
	for kind, names := range createdIDNames {
		for _, name := range names {
			known[name] = true
		}
		described, _ := assumed().of(RoutesOf[kind].Create)
		for _, name := range names {
			if described.answer.factOf(name).evidence == "" {
				t.Errorf("the document lacks %s in the answer to %s", name, RoutesOf[kind].Create)
			}
		}
	}
	described, _ := assumed().of(RoutesOf[access.KindUser].Create)
	for _, name := range described.answer.names() {
		if !known[name] {
			t.Errorf("the client lacks %s", name)
		}
	}
}

func TestRoutesThatActEachTime(t *testing.T) {
	users, ciUsers, groups := RoutesOf[access.KindUser], RoutesOf[access.KindCIUser], RoutesOf[access.KindGroup]
	act := []*Route{users.Create, users.Reinvite, ciUsers.Create, ciUsers.RegenerateToken, groups.Create}
	for _, r := range Routes() {
		if (r.Class == httpapi.Once) != slices.Contains(act, r) {
			t.Errorf("%s has the class %d", r, r.Class)
		}
	}
}
