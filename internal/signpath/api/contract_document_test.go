package api

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/openapi"
)

// organizationPath is what the routes of wire.go leave out.
func organizationPath(r route) string { return "/" + r.version() + "/{organization}" }

// wireVariables are all routes and properties that wire.go gives a name. Those in
// its maps are found there.
var wireVariables = map[string]any{
	"routeOrganization":  routeOrganization,
	"routeAuditEvents":   routeAuditEvents,
	"routeProjects":      routeProjects,
	"routeProject":       routeProject,
	"routeProjectEdit":   routeProjectEdit,
	"routePolicy":        routePolicy,
	"routePolicyEdit":    routePolicyEdit,
	"routeChangeMembers": routeChangeMembers,
	"routeModifyMembers": routeModifyMembers,

	"propID":                         propID,
	"propLink":                       propLink,
	"propName":                       propName,
	"propSlug":                       propSlug,
	"propDescription":                propDescription,
	"propEmail":                      propEmail,
	"propNotificationEmail":          propNotificationEmail,
	"propIdentity":                   propIdentity,
	"propRole":                       propRole,
	"propActive":                     propActive,
	"propSynchronized":               propSynchronized,
	"propMembers":                    propMembers,
	"propAddedMembers":               propAddedMembers,
	"propRemovedMembers":             propRemovedMembers,
	"propSupport":                    propSupport,
	"propAPIToken":                   propAPIToken,
	"propStatus":                     propStatus,
	"propSigningPolicies":            propSigningPolicies,
	"propVerifiesTrustedBuildSystem": propVerifiesTrustedBuildSystem,
	"propVerifiesOriginPolicy":       propVerifiesOriginPolicy,
	"propOriginPolicyVerification":   propOriginPolicyVerification,
	"propUsesApprovalProcess":        propUsesApprovalProcess,
	"propRequiredApprovals":          propRequiredApprovals,
	"propPurpose":                    propPurpose,
	"propYearlySize":                 propYearlySize,
	"propYearlySignatures":           propYearlySignatures,
	"propQuotaStart":                 propQuotaStart,
	"propQuotaEnd":                   propQuotaEnd,
	"propEventTime":                  propEventTime,
	"propEventName":                  propEventName,
	"propEventMetadata":              propEventMetadata,
	"propEventActor":                 propEventActor,
	"propEventObject":                propEventObject,
	"propEventChanges":               propEventChanges,
	"propChangeBefore":               propChangeBefore,
	"propChangeAfter":                propChangeAfter,
}

// TestWireVariablesAreComplete keeps a new route or property of wire.go from
// being left out of the comparison with the document.
func TestWireVariablesAreComplete(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "wire.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var declared []string
	for _, declaration := range file.Decls {
		general, ok := declaration.(*ast.GenDecl)
		if !ok || general.Tok != token.VAR {
			continue
		}
		for _, spec := range general.Specs {
			for _, name := range spec.(*ast.ValueSpec).Names {
				if name.Name == "routeDocument" {
					continue // No document describes itself.
				}
				if strings.HasPrefix(name.Name, "prop") || strings.HasPrefix(name.Name, "route") && name.Name != "routesOf" {
					declared = append(declared, name.Name)
				}
			}
		}
	}
	slices.Sort(declared)
	if known := slices.Sorted(maps.Keys(wireVariables)); !slices.Equal(declared, known) {
		t.Errorf("wire.go declares %q,\nthe test knows %q", declared, known)
	}
}

func readContract(t *testing.T) *openapi.Document {
	t.Helper()
	document, err := openapi.Read(ContractDocument())
	if err != nil {
		t.Fatal(err)
	}
	return document
}

func TestTheDocumentHasTheRoutesOfTheClient(t *testing.T) {
	documented := map[openapi.Route]bool{}
	for _, r := range readContract(t).Routes {
		documented[r] = true
	}
	for _, r := range wireRoutes() {
		wanted := openapi.Route{
			Method: r.method, Path: organizationPath(r) + r.path, Evidence: openapi.Evidence(r.evidence), Source: r.source,
		}
		if !documented[wanted] {
			t.Errorf("the document lacks %s: %s, %q", wanted, wanted.Evidence, wanted.Source)
		}
		delete(documented, wanted)
	}
	for r := range documented {
		t.Errorf("wire.go lacks %s: %s, %q", r, r.Evidence, r.Source)
	}
}

func wireRoutes() []route {
	var routes []route
	for _, variable := range wireVariables {
		if r, ok := variable.(route); ok {
			routes = append(routes, r)
		}
	}
	for _, ofKind := range routesOf {
		fields := reflect.ValueOf(ofKind)
		for i := range fields.NumField() {
			field := fields.Field(i)
			if path := field.FieldByName("path").String(); path == "" {
				continue
			}
			routes = append(routes, route{
				method: field.FieldByName("method").String(), path: field.FieldByName("path").String(),
				evidence: evidence(field.FieldByName("evidence").String()), source: field.FieldByName("source").String(),
			})
		}
	}
	return routes
}

// A property of wire.go is one of several objects in the document, which agree
// about it.
func TestTheDocumentHasThePropertiesOfTheClient(t *testing.T) {
	known := wireProperties()
	used := map[string]bool{}
	for _, p := range readContract(t).Properties {
		wire, isKnown := known[p.Name()]
		switch {
		case p.Client == "standard": // Its names are no guess, and may be others' as well.
			continue
		case p.Client != "" && isKnown:
			t.Errorf("%s: wire.go has it, and the document says x-client: %s", p, p.Client)
		case p.Client != "":
			continue
		case !isKnown:
			t.Errorf("%s: wire.go lacks it, and the document does not say why (x-client)", p)
			continue
		}
		used[p.Name()] = true
		if got, want := (openapi.Property{Evidence: p.Evidence, Source: p.Source}), (openapi.Property{Evidence: openapi.Evidence(wire.evidence), Source: wire.source}); got != want {
			t.Errorf("%s: the document says %s, %q;\nwire.go says %s, %q", p, got.Evidence, got.Source, want.Evidence, want.Source)
		}
		if p.Request != "" && p.Request != wire.requestName() {
			t.Errorf("%s: requests call it %q in the document, %q in wire.go", p, p.Request, wire.requestName())
		}
	}
	for name := range known {
		if !used[name] {
			t.Errorf("the document lacks the property %s", name)
		}
	}
}

func wireProperties() map[string]property {
	properties := map[string]property{}
	for _, variable := range wireVariables {
		if p, ok := variable.(property); ok {
			properties[p.name] = p
		}
	}
	for _, p := range listProperties {
		properties[p.name] = p
	}
	return properties
}

// The names of a new object's id are in a table of their own.
func TestTheDocumentHasTheNamesOfNewIDs(t *testing.T) {
	const created = "Answer of a create"
	documented := map[string]bool{}
	for _, p := range readContract(t).Properties {
		if p.Object == created && strings.HasSuffix(strings.ToLower(p.Answer), "id") {
			documented[p.Answer] = true
		}
	}
	known := map[string]bool{}
	for _, kind := range access.Kinds() {
		for _, name := range createdIDNames[kind] {
			known[name] = true
		}
	}
	if !maps.Equal(documented, known) {
		t.Errorf("the document has %q, wire.go has %q", slices.Sorted(maps.Keys(documented)), slices.Sorted(maps.Keys(known)))
	}
}
