package contract

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
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
	for _, r := range append(Routes(), RouteSystemInfo) {
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

// The version that brought a route is told only where a document states the route,
// and its source has the version.
func TestTheDocumentKnowsSinceWhen(t *testing.T) {
	for _, r := range append(Routes(), RouteSystemInfo) {
		described, _ := assumed().of(r)
		isKnown := described.since != ""
		if isKnown != (described.evidence == "documented") || !strings.Contains(described.source, described.since) {
			t.Errorf("%s: %+v", r, described.fact)
		}
	}
	for r, since := range map[*Route]string{
		RoutePolicy: "1.177.0", RouteSystemInfo: "1.186.1", RouteAuditEvents: "1.108.0", RouteProject: "1.170.2",
		RoutesOf[access.KindCIUser].Edit: "1.170.2", RoutesOf[access.KindCIUser].Read: "", RouteDocument: "",
	} {
		if got := r.Since(); got != since {
			t.Errorf("%s: got %q, want %q", r, got, since)
		}
	}
}

// Nothing is called documented of which no document has the name, as it is spelled.
func TestASourceHasTheNameOfWhatItDocuments(t *testing.T) {
	for _, p := range documentedProperties(t) {
		name := regexp.MustCompile(`\b` + regexp.QuoteMeta(p.name) + `\b`)
		if p.extension("x-evidence") == "documented" && !name.MatchString(p.extension("x-source")) {
			t.Errorf("%s of %s is called documented, by %q", p.name, p.object, p.extension("x-source"))
		}
	}
}

// What an answer has is no evidence for a request, and what one kind of object has
// is none for another.
func TestEvidence(t *testing.T) {
	users, ciUsers, groups := RoutesOf[access.KindUser], RoutesOf[access.KindCIUser], RoutesOf[access.KindGroup]
	tests := []struct {
		route *Route
		part  Part
		p     Property
		want  string
	}{
		{users.List, PartAnswer, PropLink, "documented: changelog 1.170.2"},
		{users.Read, PartAnswer, PropLink, "inferred: "},
		{users.Edit, PartRequest, PropLink, "inferred: "},
		{ciUsers.Read, PartAnswer, PropLink, "inferred: "},
		{groups.Read, PartAnswer, PropLink, "inferred: "},
		{RouteProject, PartAnswer, PropLink, "inferred: "},
		{RoutePolicy, PartAnswer, PropLink, "inferred: "},
		{users.Read, PartAnswer, PropName, "inferred: "},
		{ciUsers.Read, PartAnswer, PropName, "inferred: "},
		{groups.Read, PartAnswer, PropName, "inferred: "},
		{RouteOrganization, PartAnswer, PropName, "inferred: "},
		{RouteProject, PartAnswer, PropName, "documented: changelog 1.170.2"},
		{RouteProjectEdit, PartRequest, PropName, "inferred: answers have it"},
		{groups.Read, PartAnswer, PropDescription, "inferred: "},
		{RoutePolicy, PartAnswer, PropDescription, "documented: "},
		{ciUsers.Read, PartAnswer, PropNotificationEmail, "inferred: the FAQ"},
		{users.Read, PartAnswer, PropIdentity, "inferred: changelog 1.125.0"},
		{RoutePolicy, PartAnswer, PropPurpose, "inferred: "},
		{RoutePolicy, PartAnswer, PropOriginPolicyVerification, "inferred: changelog 1.202.0"},
		{RoutePolicyEdit, PartRequest, PropOriginPolicyVerification, "documented: changelog 1.202.0"},
		{RoutePolicyEdit, PartRequest, PropVerifiesOriginPolicy, "documented: changelog 1.202.0: verifiesOriginPolicy in the GET routes and verifyOriginPolicy"},
		{RouteProject, PartAnswer, PropSigningPolicies, "observed: "},
		{RouteProjectEdit, PartRequest, PropSigningPolicies, "inferred: "},
		{RouteOrganization, PartAnswer, PropMembers, "unknown"},
	}
	for _, test := range tests {
		if got := test.route.Evidence(test.part, test.p); !strings.HasPrefix(got, test.want) {
			t.Errorf("%s, %s, %s: got %q, want %q", test.route, test.part, test.p, got, test.want)
		}
	}
}

// That no edit takes something is documented only where the changelog says so, or
// names routes of its own for it.
func TestEvidenceThatNoEditTakesIt(t *testing.T) {
	documented := map[string]string{}
	for why, names := range map[string][]string{
		"SetDirectorySynchronized is a route of its own": {"isDirectorySynchronized"},
		"no longer part of the edit of a group":          {"members"},
		"routes of their own that edit them":             {"signingPolicies", "artifactConfigurations"},
	} {
		for _, name := range names {
			documented[name] = why
			if notEdited()[name] == "" {
				t.Errorf("the table lacks %s", name)
			}
		}
	}
	for name, evidence := range notEdited() {
		level, source, _ := strings.Cut(evidence, ": ")
		why, isDocumented := documented[name]
		if isDocumented != (level == "documented") || !slices.Contains(evidenceLevels, level) || source == "" || !strings.Contains(source, why) {
			t.Errorf("%s: %s", name, evidence)
		}
	}
}

// What a route reads and writes is described there, under the very name.
func TestTheDocumentHasThePropertiesOfEachRoute(t *testing.T) {
	for _, r := range Routes() {
		described, _ := assumed().of(r)
		for _, p := range r.Request {
			if name := p.requestName(); described.request.factOf(name).evidence == "" {
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
// says why not (x-client), and the other way round.
func TestTheDocumentHasThePropertiesOfTheClient(t *testing.T) {
	known, used := declaredProperties(t), map[Property]bool{}
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
		switch {
		// Those may be names of the client's properties of other objects.
		case client == "standard", client == "not used":
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

func TestRoutesThatActEachTime(t *testing.T) {
	users, ciUsers, groups := RoutesOf[access.KindUser], RoutesOf[access.KindCIUser], RoutesOf[access.KindGroup]
	act := []*Route{users.Create, users.Reinvite, ciUsers.Create, ciUsers.RegenerateToken, groups.Create}
	for _, r := range Routes() {
		if (r.Class == httpapi.Once) != slices.Contains(act, r) {
			t.Errorf("%s has the class %d", r, r.Class)
		}
	}
}
