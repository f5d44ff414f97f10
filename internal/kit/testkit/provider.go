package testkit

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// Factories make servers of providers, by the name that a configuration gives them.
// Each walk over a configuration gets servers of its own, as a CLI starts processes.
type Factories map[string]func() (tfprotov6.ProviderServer, error)

// Providers are factories, with the schemas of their providers, which are read once.
type Providers struct {
	Factories Factories
	mu        sync.Mutex
	known     map[string]*schemas
}

// NewProviders makes providers of factories. Drivers may share them.
func NewProviders(factories Factories) *Providers {
	return &Providers{Factories: factories, known: map[string]*schemas{}}
}

// A Call is one call to a provider.
type Call struct {
	// Walk is "validate", "plan", "apply", "refresh" or "import".
	Walk string
	// Method is that of the protocol, such as "ApplyResourceChange".
	Method string
	// Address is the instance, data source or provider that it is about.
	Address string
	// Destroys is true for the plan or the apply of a destroy.
	Destroys bool
	// Number counts the calls of the driver, from 1.
	Number int
}

// ErrKilled ends a run in which the CLI was killed. What it had begun goes on in
// the provider, and nobody hears of it.
var ErrKilled = errors.New("the CLI was killed")

// schemas are those of a provider.
type schemas struct {
	provider               *schema
	resources, data, lists map[string]*schema
	functions              map[string]*tfprotov6.Function
}

func (p *Providers) schemasOf(name string) (*schemas, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if known, ok := p.known[name]; ok {
		return known, nil
	}
	server, err := p.newServer(name)
	if err != nil {
		return nil, err
	}
	known, err := readSchemas(server)
	if err != nil {
		return nil, err
	}
	p.known[name] = known
	return known, nil
}

func (p *Providers) newServer(name string) (tfprotov6.ProviderServer, error) {
	if name == "terraform" {
		return terraformData{}, nil
	}
	factory, ok := p.Factories[name]
	if !ok {
		return nil, fmt.Errorf("the driver has no provider %q", name)
	}
	return factory()
}

func readSchemas(server tfprotov6.ProviderServer) (*schemas, error) {
	ctx := context.Background()
	answer, err := server.GetProviderSchema(ctx, &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		return nil, err
	}
	c := &configuration{}
	if err := c.providerDiagnostics(answer.Diagnostics, "", nil).err(); err != nil {
		return nil, err
	}
	s := &schemas{resources: map[string]*schema{}, data: map[string]*schema{}, lists: map[string]*schema{}, functions: answer.Functions}
	if s.provider, err = newSchema(answer.Provider); err != nil {
		return nil, err
	}
	for name, from := range answer.ResourceSchemas {
		if s.resources[name], err = newSchema(from); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	for name, from := range answer.DataSourceSchemas {
		if s.data[name], err = newSchema(from); err != nil {
			return nil, fmt.Errorf("data.%s: %w", name, err)
		}
	}
	for name, from := range answer.ListResourceSchemas {
		if s.lists[name], err = newSchema(from); err != nil {
			return nil, fmt.Errorf("list.%s: %w", name, err)
		}
	}
	identities, err := server.GetResourceIdentitySchemas(ctx, &tfprotov6.GetResourceIdentitySchemasRequest{})
	if err != nil {
		return nil, err
	}
	for name, from := range identities.IdentitySchemas {
		types := map[string]cty.Type{}
		for _, a := range from.IdentityAttributes {
			if types[a.Name], err = ctyType(a.Type); err != nil {
				return nil, err
			}
		}
		s.resources[name].identity = cty.Object(types)
	}
	return s, nil
}

// functions are those of the language and of all providers.
func (p *Providers) functions() (map[string]function.Function, error) {
	all := map[string]function.Function{}
	for name, f := range languageFunctions {
		all[name] = f
	}
	for name := range p.Factories {
		s, err := p.schemasOf(name)
		if err != nil {
			return nil, err
		}
		for of, f := range s.functions {
			made, err := p.providerFunction(name, of, f)
			if err != nil {
				return nil, err
			}
			all["provider::"+name+"::"+of] = made
		}
	}
	return all, nil
}

func (p *Providers) providerFunction(provider, name string, from *tfprotov6.Function) (function.Function, error) {
	spec := &function.Spec{}
	parameter := func(p *tfprotov6.FunctionParameter) (function.Parameter, error) {
		ty, err := ctyType(p.Type)
		return function.Parameter{
			Name: p.Name, Type: ty, AllowNull: p.AllowNullValue, AllowUnknown: p.AllowUnknownValues, AllowDynamicType: p.AllowUnknownValues,
		}, err
	}
	for _, p := range from.Parameters {
		made, err := parameter(p)
		if err != nil {
			return function.Function{}, err
		}
		spec.Params = append(spec.Params, made)
	}
	if from.VariadicParameter != nil {
		made, err := parameter(from.VariadicParameter)
		if err != nil {
			return function.Function{}, err
		}
		spec.VarParam = &made
	}
	returns, err := ctyType(from.Return.Type)
	if err != nil {
		return function.Function{}, err
	}
	parameterAt := func(i int) function.Parameter {
		if i < len(spec.Params) {
			return spec.Params[i]
		}
		return *spec.VarParam
	}
	spec.Type = function.StaticReturnType(returns)
	spec.Impl = func(arguments []cty.Value, _ cty.Type) (cty.Value, error) {
		request := &tfprotov6.CallFunctionRequest{Name: name}
		for i, argument := range arguments {
			if !parameterAt(i).AllowUnknown && !argument.IsWhollyKnown() {
				return cty.UnknownVal(returns), nil
			}
			request.Arguments = append(request.Arguments, pack(argument, parameterAt(i).Type))
		}
		server, err := p.newServer(provider)
		if err != nil {
			return cty.NilVal, err
		}
		answer, err := server.CallFunction(context.Background(), request)
		if err != nil {
			return cty.NilVal, err
		}
		if answer.Error != nil {
			if at := answer.Error.FunctionArgument; at != nil {
				return cty.NilVal, function.NewArgError(int(*at), errors.New(answer.Error.Text))
			}
			return cty.NilVal, errors.New(answer.Error.Text)
		}
		return unpack(answer.Result, returns)
	}
	return function.New(spec), nil
}

// A connection is a provider that was configured for one walk.
type connection struct {
	server  tfprotov6.ProviderServer
	schemas *schemas
	once    sync.Once
	diags   Diagnostics
}

// provider returns the provider configuration of the walk, which it makes and
// configures first if nobody did.
func (w *walk) provider(name string) (*connection, Diagnostics) {
	w.mu.Lock()
	c, ok := w.connections[name]
	if !ok {
		c = &connection{}
		w.connections[name] = c
	}
	w.mu.Unlock()
	c.once.Do(func() { c.diags = w.connect(c, name) })
	return c, c.diags
}

func (w *walk) connect(c *connection, name string) Diagnostics {
	address := "provider." + name
	local, _, _ := cutProvider(name)
	var err error
	if c.schemas, err = w.driver.Providers.schemasOf(local); err != nil {
		return failure(address, "No provider", err.Error())
	}
	if c.server, err = w.driver.Providers.newServer(local); err != nil {
		return failure(address, "The provider does not start", err.Error())
	}
	body := w.config.providers[name]
	if body == nil {
		body = &hclsyntax.Body{}
	}
	config, diags := w.evaluator.object(withoutAlias(body), c.schemas.provider, each{})
	if diags.HasErrors() {
		return hclDiagnostics(diags, w.config.source, address)
	}
	packed := pack(config, c.schemas.provider.ty)
	if w.name == "validate" {
		var answer *tfprotov6.ValidateProviderConfigResponse
		err = w.call("ValidateProviderConfig", address, false, func(ctx context.Context) (err error) {
			answer, err = c.server.ValidateProviderConfig(ctx, &tfprotov6.ValidateProviderConfigRequest{Config: packed})
			return err
		})
		if err != nil {
			return gone(address, err)
		}
		return w.config.providerDiagnostics(answer.Diagnostics, address, body)
	}
	var answer *tfprotov6.ConfigureProviderResponse
	err = w.call("ConfigureProvider", address, false, func(ctx context.Context) (err error) {
		answer, err = c.server.ConfigureProvider(ctx, &tfprotov6.ConfigureProviderRequest{TerraformVersion: "1.15.0", Config: packed})
		return err
	})
	if err != nil {
		return gone(address, err)
	}
	return w.config.providerDiagnostics(answer.Diagnostics, address, body)
}

// gone is what is said of a provider that does not answer.
func gone(address string, err error) Diagnostics {
	return failure(address, "Plugin did not respond", "The plugin encountered an error, and failed to respond: "+err.Error())
}

// call makes one call to a provider, through whatever the test has put around it.
func (w *walk) call(method, address string, destroys bool, send func(context.Context) error) error {
	d := w.driver
	d.mu.Lock()
	d.calls++
	c := Call{Walk: w.name, Method: method, Address: address, Destroys: destroys, Number: d.calls}
	d.mu.Unlock()
	if w.ctx.Err() != nil {
		return ErrKilled
	}
	next := func() error { return send(w.ctx) }
	if d.Around == nil {
		return next()
	}
	err := d.Around(c, next)
	if errors.Is(err, ErrKilled) {
		w.kill()
	}
	return err
}
