package testkit_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// A toy is a provider that keeps things in memory, and takes down each call. It is
// what a driver and a CLI are compared with: both have to call it alike.
//
// A thing has a name, a value, a kind by which it is replaced, and a computed id.
// The private state of each answer tells which answer it was. A value is an order:
// "fail-create", "fail-update", "fail-delete" and "fail-plan" are refused,
// "half-create" is created and then refused, "lie-plan" plans another value, and
// "lie-apply" applies one.
type toy struct {
	mu     sync.Mutex
	things map[string]string // Values by id.
	next   int
	calls  []string
}

func newToy() *toy { return &toy{things: map[string]string{}} }

func (p *toy) serve() (tfprotov6.ProviderServer, error) { return &toyServer{toy: p}, nil }

// take returns the calls since the last time.
func (p *toy) take() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	taken := p.calls
	p.calls = nil
	return taken
}

func (p *toy) note(format string, arguments ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.calls = append(p.calls, fmt.Sprintf(format, arguments...))
}

type toyServer struct {
	tfprotov6.ProviderServer
	toy *toy
}

var (
	thingType = tftypes.Object{AttributeTypes: map[string]tftypes.Type{
		"id": tftypes.String, "name": tftypes.String, "value": tftypes.String, "kind": tftypes.String, "secret": tftypes.String,
	}}
	thingIdentity = tftypes.Object{AttributeTypes: map[string]tftypes.Type{"id": tftypes.String}}
)

func (s *toyServer) GetMetadata(context.Context, *tfprotov6.GetMetadataRequest) (*tfprotov6.GetMetadataResponse, error) {
	return &tfprotov6.GetMetadataResponse{
		ServerCapabilities: &tfprotov6.ServerCapabilities{PlanDestroy: true, GetProviderSchemaOptional: true, MoveResourceState: true},
		Resources:          []tfprotov6.ResourceMetadata{{TypeName: "toy_thing"}, {TypeName: "toy_other"}},
	}, nil
}

func (s *toyServer) GetProviderSchema(context.Context, *tfprotov6.GetProviderSchemaRequest) (*tfprotov6.GetProviderSchemaResponse, error) {
	schema := &tfprotov6.Schema{Block: &tfprotov6.SchemaBlock{Attributes: []*tfprotov6.SchemaAttribute{
		{Name: "id", Type: tftypes.String, Computed: true},
		{Name: "name", Type: tftypes.String, Required: true},
		{Name: "value", Type: tftypes.String, Optional: true},
		{Name: "kind", Type: tftypes.String, Optional: true},
		{Name: "secret", Type: tftypes.String, Optional: true, Sensitive: true},
	}}}
	return &tfprotov6.GetProviderSchemaResponse{
		ServerCapabilities: &tfprotov6.ServerCapabilities{PlanDestroy: true, MoveResourceState: true},
		Provider:           &tfprotov6.Schema{Block: &tfprotov6.SchemaBlock{}},
		ResourceSchemas:    map[string]*tfprotov6.Schema{"toy_thing": schema, "toy_other": schema},
	}, nil
}

func (s *toyServer) GetResourceIdentitySchemas(
	context.Context, *tfprotov6.GetResourceIdentitySchemasRequest,
) (*tfprotov6.GetResourceIdentitySchemasResponse, error) {
	identity := &tfprotov6.ResourceIdentitySchema{
		IdentityAttributes: []*tfprotov6.ResourceIdentitySchemaAttribute{{Name: "id", Type: tftypes.String, RequiredForImport: true}},
	}
	return &tfprotov6.GetResourceIdentitySchemasResponse{
		IdentitySchemas: map[string]*tfprotov6.ResourceIdentitySchema{"toy_thing": identity, "toy_other": identity},
	}, nil
}

func (s *toyServer) ValidateProviderConfig(
	_ context.Context, request *tfprotov6.ValidateProviderConfigRequest,
) (*tfprotov6.ValidateProviderConfigResponse, error) {
	return &tfprotov6.ValidateProviderConfigResponse{PreparedConfig: request.Config}, nil
}

func (s *toyServer) ConfigureProvider(context.Context, *tfprotov6.ConfigureProviderRequest) (*tfprotov6.ConfigureProviderResponse, error) {
	s.toy.note("configure")
	return &tfprotov6.ConfigureProviderResponse{}, nil
}

func (s *toyServer) StopProvider(context.Context, *tfprotov6.StopProviderRequest) (*tfprotov6.StopProviderResponse, error) {
	return &tfprotov6.StopProviderResponse{}, nil
}

func (s *toyServer) ValidateResourceConfig(context.Context, *tfprotov6.ValidateResourceConfigRequest) (*tfprotov6.ValidateResourceConfigResponse, error) {
	return &tfprotov6.ValidateResourceConfigResponse{}, nil
}

func (s *toyServer) UpgradeResourceState(_ context.Context, request *tfprotov6.UpgradeResourceStateRequest) (*tfprotov6.UpgradeResourceStateResponse, error) {
	value, err := request.RawState.Unmarshal(thingType)
	if err != nil {
		return nil, err
	}
	packed, err := tfprotov6.NewDynamicValue(thingType, value)
	return &tfprotov6.UpgradeResourceStateResponse{UpgradedState: &packed}, err
}

// MoveResourceState refuses to make another type of a thing.
func (s *toyServer) MoveResourceState(_ context.Context, request *tfprotov6.MoveResourceStateRequest) (*tfprotov6.MoveResourceStateResponse, error) {
	s.toy.note("move %s to %s", request.SourceTypeName, request.TargetTypeName)
	return &tfprotov6.MoveResourceStateResponse{Diagnostics: []*tfprotov6.Diagnostic{{
		Severity: tfprotov6.DiagnosticSeverityError, Summary: "It stays a thing",
	}}}, nil
}

func (s *toyServer) UpgradeResourceIdentity(
	_ context.Context, request *tfprotov6.UpgradeResourceIdentityRequest,
) (*tfprotov6.UpgradeResourceIdentityResponse, error) {
	value, err := request.RawIdentity.Unmarshal(thingIdentity)
	if err != nil {
		return nil, err
	}
	packed, err := tfprotov6.NewDynamicValue(thingIdentity, value)
	return &tfprotov6.UpgradeResourceIdentityResponse{UpgradedIdentity: &tfprotov6.ResourceIdentityData{IdentityData: &packed}}, err
}

// A thing is one of them; an unknown attribute is "?", and a null one is absent.
type thing map[string]string

func readThing(packed *tfprotov6.DynamicValue) thing {
	value, err := packed.Unmarshal(thingType)
	if err != nil {
		panic(err)
	}
	if value.IsNull() {
		return nil
	}
	var attributes map[string]tftypes.Value
	if err := value.As(&attributes); err != nil {
		panic(err)
	}
	read := thing{}
	for name, attribute := range attributes {
		switch {
		case !attribute.IsKnown():
			read[name] = "?"
		case !attribute.IsNull():
			var text string
			if err := attribute.As(&text); err != nil {
				panic(err)
			}
			read[name] = text
		}
	}
	return read
}

func (t thing) packed() *tfprotov6.DynamicValue {
	value := tftypes.NewValue(thingType, nil)
	if t != nil {
		attributes := map[string]tftypes.Value{}
		for name := range thingType.AttributeTypes {
			text, ok := t[name]
			switch {
			case !ok:
				attributes[name] = tftypes.NewValue(tftypes.String, nil)
			case text == "?":
				attributes[name] = tftypes.NewValue(tftypes.String, tftypes.UnknownValue)
			default:
				attributes[name] = tftypes.NewValue(tftypes.String, text)
			}
		}
		value = tftypes.NewValue(thingType, attributes)
	}
	packed, err := tfprotov6.NewDynamicValue(thingType, value)
	if err != nil {
		panic(err)
	}
	return &packed
}

func (t thing) String() string {
	if t == nil {
		return "null"
	}
	var parts []string
	for _, name := range []string{"name", "value", "kind", "id"} {
		if text, ok := t[name]; ok {
			parts = append(parts, text)
		}
	}
	return strings.Join(parts, "/")
}

func (t thing) identity() *tfprotov6.ResourceIdentityData {
	if t == nil {
		return nil
	}
	id := tftypes.NewValue(tftypes.String, t["id"])
	if t["id"] == "?" {
		id = tftypes.NewValue(tftypes.String, tftypes.UnknownValue)
	}
	packed, err := tfprotov6.NewDynamicValue(thingIdentity, tftypes.NewValue(thingIdentity, map[string]tftypes.Value{"id": id}))
	if err != nil {
		panic(err)
	}
	return &tfprotov6.ResourceIdentityData{IdentityData: &packed}
}

// private is private state that tells its origin.
func private(origin string) []byte {
	encoded, err := json.Marshal(map[string]string{"from": origin})
	if err != nil {
		panic(err)
	}
	return encoded
}

func origin(private []byte) string {
	var decoded map[string]string
	if len(private) == 0 || json.Unmarshal(private, &decoded) != nil {
		return "-"
	}
	return decoded["from"]
}

func refuse(format string, arguments ...any) []*tfprotov6.Diagnostic {
	return []*tfprotov6.Diagnostic{{Severity: tfprotov6.DiagnosticSeverityError, Summary: "Refused by the toy", Detail: fmt.Sprintf(format, arguments...)}}
}

func (s *toyServer) ReadResource(_ context.Context, request *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	state := readThing(request.CurrentState)
	s.toy.note("read %s private=%s", state, origin(request.Private))
	s.toy.mu.Lock()
	value, ok := s.toy.things[state["id"]]
	s.toy.mu.Unlock()
	if !ok {
		return &tfprotov6.ReadResourceResponse{NewState: thing(nil).packed()}, nil
	}
	if value == "fail-read" {
		return &tfprotov6.ReadResourceResponse{NewState: request.CurrentState, Diagnostics: refuse("reading %s", state)}, nil
	}
	delete(state, "value")
	if value != "" {
		state["value"] = value
	}
	return &tfprotov6.ReadResourceResponse{NewState: state.packed(), NewIdentity: state.identity(), Private: private("read")}, nil
}

func (s *toyServer) PlanResourceChange(_ context.Context, request *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	prior, proposed := readThing(request.PriorState), readThing(request.ProposedNewState)
	s.toy.note("plan %s -> %s private=%s", prior, proposed, origin(request.PriorPrivate))
	answer := &tfprotov6.PlanResourceChangeResponse{PlannedState: request.ProposedNewState}
	switch {
	case proposed == nil:
		answer.PlannedPrivate = private("plan of the end of " + prior["name"])
		answer.PlannedIdentity = request.PriorIdentity
		return answer, nil
	case proposed["value"] == "fail-plan":
		answer.Diagnostics = refuse("planning %s", proposed)
	case proposed["value"] == "lie-plan":
		proposed["value"] = "something else"
	}
	answer.PlannedPrivate = private("plan of " + proposed["name"])
	if prior == nil {
		proposed["id"] = "?"
		answer.PlannedPrivate = private("plan of a new " + proposed["name"])
	} else if prior["kind"] != proposed["kind"] {
		answer.RequiresReplace = []*tftypes.AttributePath{tftypes.NewAttributePath().WithAttributeName("kind")}
	}
	answer.PlannedState, answer.PlannedIdentity = proposed.packed(), proposed.identity()
	return answer, nil
}

func (s *toyServer) ApplyResourceChange(_ context.Context, request *tfprotov6.ApplyResourceChangeRequest) (*tfprotov6.ApplyResourceChangeResponse, error) {
	prior, planned := readThing(request.PriorState), readThing(request.PlannedState)
	s.toy.note("apply %s -> %s private=%s", prior, planned, origin(request.PlannedPrivate))
	p := s.toy
	p.mu.Lock()
	defer p.mu.Unlock()
	order := planned["value"]
	switch {
	case planned == nil && p.things[prior["id"]] == "fail-delete":
		return &tfprotov6.ApplyResourceChangeResponse{
			NewState: request.PriorState, NewIdentity: prior.identity(), Private: request.PlannedPrivate,
			Diagnostics: refuse("deleting %s", prior),
		}, nil
	case planned == nil:
		delete(p.things, prior["id"])
		return &tfprotov6.ApplyResourceChangeResponse{NewState: request.PlannedState}, nil
	case prior == nil && order == "fail-create":
		return &tfprotov6.ApplyResourceChangeResponse{NewState: thing(nil).packed(), Diagnostics: refuse("creating %s", planned)}, nil
	case prior != nil && order == "fail-update":
		return &tfprotov6.ApplyResourceChangeResponse{
			NewState: request.PriorState, NewIdentity: prior.identity(), Private: request.PlannedPrivate,
			Diagnostics: refuse("updating %s", planned),
		}, nil
	}
	if planned["id"] == "?" {
		p.next++
		planned["id"] = fmt.Sprintf("id-of-%s", planned["name"])
		if _, taken := p.things[planned["id"]]; taken {
			planned["id"] += fmt.Sprintf("-%d", p.next)
		}
	}
	p.things[planned["id"]] = order
	answer := &tfprotov6.ApplyResourceChangeResponse{NewIdentity: planned.identity(), Private: private("apply of " + planned["name"])}
	switch {
	case order == "lie-apply":
		planned["value"] = "something else"
	case prior == nil && order == "half-create":
		answer.Diagnostics = refuse("finishing %s", planned)
	}
	answer.NewState = planned.packed()
	return answer, nil
}

func (s *toyServer) ImportResourceState(_ context.Context, request *tfprotov6.ImportResourceStateRequest) (*tfprotov6.ImportResourceStateResponse, error) {
	id := request.ID
	s.toy.note("import %s", id)
	name := strings.TrimPrefix(id, "id-of-")
	imported := thing{"id": id, "name": name}
	return &tfprotov6.ImportResourceStateResponse{ImportedResources: []*tfprotov6.ImportedResource{{
		TypeName: "toy_thing", State: imported.packed(), Private: private("import"), Identity: imported.identity(),
	}}}, nil
}

// sorted are the calls in an order that does not depend on which of several
// independent instances came first.
func sortedCalls(calls []string) []string { return slices.Sorted(slices.Values(calls)) }
