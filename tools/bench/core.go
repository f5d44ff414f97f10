package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"strings"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	_ "github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server" // It registers the messages of the protocol.
	ctyjson "github.com/zclconf/go-cty/cty/json"
	ctymsgpack "github.com/zclconf/go-cty/cty/msgpack"
	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
)

// A core calls one process of a provider as Terraform's core does for an apply: it plans
// each resource, and applies it. For thousands of resources the CLI takes minutes for
// itself, most of them for writing its state after each one.
type core struct {
	process     *exec.Cmd
	plugin      *plugin.Client
	connection  *grpc.ClientConn
	parallelism int
	// order is what resources are taken in: another one in each process, the same in each run.
	order *rand.Rand
}

// A managed resource is one instance of a configuration, and what the state has of it.
type managed struct {
	kind, address, key string
	config             map[string]string
	state, private     []byte
}

// A dynamicValue is a value of Terraform's, in one of its two forms.
type dynamicValue struct {
	MessagePack []byte `json:"msgpack,omitempty"`
	JSON        []byte `json:"json,omitempty"`
}

var null = &dynamicValue{JSON: []byte("null")}

// A call is what requests and answers of all methods that are used say.
type call struct {
	Type             string        `json:"type_name,omitempty"`
	Config           *dynamicValue `json:"config,omitempty"`
	PriorState       *dynamicValue `json:"prior_state,omitempty"`
	ProposedNewState *dynamicValue `json:"proposed_new_state,omitempty"`
	PlannedState     *dynamicValue `json:"planned_state,omitempty"`
	NewState         *dynamicValue `json:"new_state,omitempty"`
	PriorPrivate     []byte        `json:"prior_private,omitempty"`
	PlannedPrivate   []byte        `json:"planned_private,omitempty"`
	Private          []byte        `json:"private,omitempty"`
	Diagnostics      []struct {
		Severity, Summary, Detail string
	} `json:"diagnostics,omitempty"`
}

// A grpcPlugin hands over the connection to the provider.
type grpcPlugin struct{ plugin.NetRPCUnsupportedPlugin }

func (grpcPlugin) GRPCServer(*plugin.GRPCBroker, *grpc.Server) error {
	return errors.New("the benchmark serves nothing")
}

func (grpcPlugin) GRPCClient(_ context.Context, _ *plugin.GRPCBroker, connection *grpc.ClientConn) (any, error) {
	return connection, nil
}

// startCore starts a provider and configures it by its environment.
func startCore(ctx context.Context, binary string, environment []string, parallelism int, order *rand.Rand) (*core, error) {
	command := exec.Command(binary) //nolint:gosec,noctx // A binary of this run; its plugin client ends it.
	command.Env = environment
	client := plugin.NewClient(&plugin.ClientConfig{
		Cmd: command, SkipHostEnv: true, AllowedProtocols: []plugin.Protocol{plugin.ProtocolGRPC}, Logger: hclog.NewNullLogger(),
		HandshakeConfig: plugin.HandshakeConfig{
			MagicCookieKey: "TF_PLUGIN_MAGIC_COOKIE", MagicCookieValue: "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
		},
		VersionedPlugins: map[int]plugin.PluginSet{6: {"provider": grpcPlugin{}}},
	})
	c := &core{process: command, plugin: client, parallelism: parallelism, order: order}
	protocol, err := client.Client()
	if err != nil {
		return nil, err
	}
	dispensed, err := protocol.Dispense("provider")
	if err != nil {
		client.Kill()
		return nil, err
	}
	c.connection, _ = dispensed.(*grpc.ClientConn)
	if _, err = c.call(ctx, "ConfigureProvider", call{Config: &dynamicValue{JSON: []byte("{}")}}); err != nil {
		client.Kill()
		return nil, err
	}
	return c, nil
}

// stop ends the provider, and returns the time of the processors that it took.
func (c *core) stop() time.Duration {
	c.plugin.Kill()
	if c.process.ProcessState == nil {
		return 0
	}
	return c.process.ProcessState.UserTime() + c.process.ProcessState.SystemTime()
}

// call calls a method. The types of its messages are found by their names, because the
// library keeps them to itself.
func (c *core) call(ctx context.Context, method string, asked call) (answered call, err error) {
	request, err := message(method, "Request")
	if err != nil {
		return answered, err
	}
	response, err := message(method, "Response")
	if err != nil {
		return answered, err
	}
	text, err := json.Marshal(asked)
	if err == nil {
		err = protojson.Unmarshal(text, request)
	}
	if err == nil {
		err = c.connection.Invoke(ctx, "/tfplugin6.Provider/"+method, request, response)
	}
	if err == nil {
		text, err = protojson.MarshalOptions{UseProtoNames: true}.Marshal(response)
	}
	if err == nil {
		err = json.Unmarshal(text, &answered)
	}
	for _, diagnostic := range answered.Diagnostics {
		if err == nil && diagnostic.Severity == "ERROR" {
			err = fmt.Errorf("%s %s: %s: %s", method, asked.Type, diagnostic.Summary, diagnostic.Detail)
		}
	}
	return answered, err
}

func message(method, of string) (proto.Message, error) {
	found, err := protoregistry.GlobalTypes.FindMessageByName(protoreflect.FullName("tfplugin6." + method + "." + of))
	if err != nil {
		return nil, err
	}
	return found.New().Interface(), nil
}

// each does something with all resources, several at a time and in no order, as the CLI
// does.
func (c *core) each(ctx context.Context, resources []*managed, do func(context.Context, *managed) error) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(c.parallelism)
	for _, i := range c.order.Perm(len(resources)) {
		group.Go(func() error { return do(ctx, resources[i]) })
	}
	return group.Wait()
}

// create plans and creates the resources.
func (c *core) create(ctx context.Context, resources []*managed) error {
	return c.each(ctx, resources, func(ctx context.Context, r *managed) error {
		text, err := json.Marshal(r.config)
		if err != nil {
			return err
		}
		config := &dynamicValue{JSON: text}
		planned, err := c.call(ctx, "PlanResourceChange", call{Type: r.kind, PriorState: null, ProposedNewState: config, Config: config})
		if err != nil {
			return err
		}
		applied, err := c.call(ctx, "ApplyResourceChange", call{
			Type: r.kind, PriorState: null, PlannedState: planned.PlannedState, Config: config, PlannedPrivate: planned.PlannedPrivate,
		})
		if err == nil {
			r.state, r.private = applied.NewState.MessagePack, applied.Private
		}
		return err
	})
}

// planDestroy plans the end of the resources; what the plan notes goes to their private
// state.
func (c *core) planDestroy(ctx context.Context, resources []*managed) error {
	return c.each(ctx, resources, func(ctx context.Context, r *managed) error {
		planned, err := c.call(ctx, "PlanResourceChange", call{
			Type: r.kind, PriorState: &dynamicValue{MessagePack: r.state}, ProposedNewState: null, Config: null, PriorPrivate: r.private,
		})
		if err == nil {
			r.private = planned.PlannedPrivate
		}
		return err
	})
}

// destroy destroys the resources as planned.
func (c *core) destroy(ctx context.Context, resources []*managed) error {
	return c.each(ctx, resources, func(ctx context.Context, r *managed) error {
		_, err := c.call(ctx, "ApplyResourceChange", call{
			Type: r.kind, PriorState: &dynamicValue{MessagePack: r.state}, PlannedState: null, Config: null, PlannedPrivate: r.private,
		})
		return err
	})
}

// stateFile is the state of the resources as the CLI keeps it in a file.
func stateFile(resources []*managed) ([]byte, error) {
	type instance struct {
		IndexKey   string          `json:"index_key"`
		Version    int             `json:"schema_version"`
		Attributes json.RawMessage `json:"attributes"`
		Private    []byte          `json:"private,omitempty"`
	}
	type resource struct {
		Mode      string      `json:"mode"`
		Type      string      `json:"type"`
		Name      string      `json:"name"`
		Provider  string      `json:"provider"`
		Instances []*instance `json:"instances"`
	}
	byAddress := map[string]*resource{}
	var all []*resource
	for _, r := range resources {
		kind, err := ctymsgpack.ImpliedType(r.state)
		if err != nil {
			return nil, err
		}
		value, err := ctymsgpack.Unmarshal(r.state, kind)
		if err != nil {
			return nil, err
		}
		attributes, err := ctyjson.Marshal(value, kind)
		if err != nil {
			return nil, err
		}
		if byAddress[r.address] == nil {
			_, name, _ := strings.Cut(r.address, ".")
			byAddress[r.address] = &resource{Mode: "managed", Type: r.kind, Name: name, Provider: `provider["registry.terraform.io/` + providerSource + `"]`}
			all = append(all, byAddress[r.address])
		}
		byAddress[r.address].Instances = append(byAddress[r.address].Instances, &instance{r.key, 0, attributes, r.private})
	}
	return json.Marshal(map[string]any{
		"version": 4, "terraform_version": "1.8.0", "serial": 1, "lineage": "b0a4d5c6-2e1f-4f0a-9a55-3d1c7c1f2e11", "outputs": map[string]any{}, "resources": all,
	})
}
