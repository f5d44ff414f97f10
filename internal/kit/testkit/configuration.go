package testkit

import (
	"fmt"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// A configuration is a root module, parsed. What the driver does not know of the
// language is an error.
type configuration struct {
	source    []byte
	resources []*resourceBlock
	providers map[string]*hclsyntax.Body // By "name" or "name.alias".
	locals    map[string]hcl.Expression
	variables map[string]*variable
	outputs   map[string]*output
	imports   []*hclsyntax.Body
	moves     []move
	removals  []removal
	lists     []listBlock
}

type resourceBlock struct {
	resourceAddress
	body            *hclsyntax.Body
	count, forEach  hcl.Expression
	provider        string
	dependsOn       []resourceAddress
	createFirst     bool
	preventDestroy  bool
	ignored         []string
	replaceTriggers []hcl.Expression
	conditions      []condition
}

// A condition is a precondition or a postcondition.
type condition struct {
	post    bool
	holds   hcl.Expression
	message hcl.Expression
}

type move struct{ from, to instanceAddress }

type removal struct {
	from    instanceAddress
	destroy bool
}

func parseConfiguration(source string) (*configuration, error) {
	file, diags := hclsyntax.ParseConfig([]byte(source), "main.tf", hcl.InitialPos)
	if diags.HasErrors() {
		return nil, hclDiagnostics(diags, []byte(source), "")
	}
	c := &configuration{
		source: []byte(source), providers: map[string]*hclsyntax.Body{}, locals: map[string]hcl.Expression{},
		variables: map[string]*variable{}, outputs: map[string]*output{},
	}
	for _, block := range file.Body.(*hclsyntax.Body).Blocks {
		if err := c.add(block); err != nil {
			return nil, err
		}
	}
	return c, nil
}

func (c *configuration) add(block *hclsyntax.Block) (err error) {
	switch block.Type {
	case "resource", "data":
		var r *resourceBlock
		if r, err = newResourceBlock(block); err == nil && c.block(r.resourceAddress) != nil {
			err = failure(r.String(), "Duplicate configuration", "It was declared before.")
		}
		c.resources = append(c.resources, r)
	case "provider":
		name := block.Labels[0]
		if alias, ok := block.Body.Attributes["alias"]; ok {
			value, _ := alias.Expr.Value(nil)
			name += "." + value.AsString()
		}
		c.providers[name] = block.Body
	case "locals":
		for name, a := range block.Body.Attributes {
			c.locals[name] = a.Expr
		}
	case "variable":
		c.variables[block.Labels[0]], err = newVariable(block.Body)
	case "output":
		c.outputs[block.Labels[0]], err = newOutput(block.Body)
	case "import":
		c.imports = append(c.imports, block.Body)
	case "list":
		c.lists = append(c.lists, listBlock{block.Labels[0], block.Labels[1], block.Body})
	case "moved":
		err = c.addMove(block.Body)
	case "removed":
		err = c.addRemoval(block.Body)
	case "terraform":
	default:
		err = fmt.Errorf("the driver does not know the block %q; a test that needs it runs on a CLI", block.Type)
	}
	return err
}

func (c *configuration) addMove(body *hclsyntax.Body) error {
	from, err := addressExpression(body, "from")
	if err != nil {
		return err
	}
	to, err := addressExpression(body, "to")
	c.moves = append(c.moves, move{from, to})
	return err
}

func (c *configuration) addRemoval(body *hclsyntax.Body) error {
	from, err := addressExpression(body, "from")
	if err != nil {
		return err
	}
	r := removal{from: from, destroy: true}
	for _, block := range body.Blocks {
		if a, ok := block.Body.Attributes["destroy"]; ok {
			value, _ := a.Expr.Value(nil)
			r.destroy = value.True()
		}
	}
	c.removals = append(c.removals, r)
	return nil
}

func addressExpression(body *hclsyntax.Body, name string) (instanceAddress, error) {
	a, ok := body.Attributes[name]
	if !ok {
		return instanceAddress{}, fmt.Errorf("a block lacks %q", name)
	}
	traversal, diags := hcl.AbsTraversalForExpr(a.Expr)
	if diags.HasErrors() {
		return instanceAddress{}, diags
	}
	address, ok := traversalAddress(traversal)
	if !ok {
		return address, fmt.Errorf("%q is no address", name)
	}
	return address, nil
}

func newResourceBlock(block *hclsyntax.Block) (*resourceBlock, error) {
	r := &resourceBlock{resourceAddress: resourceAddress{data: block.Type == "data", kind: block.Labels[0], name: block.Labels[1]}}
	// A copy, so that the meta-arguments can be taken out.
	body := *block.Body
	body.Attributes, body.Blocks = hclsyntax.Attributes{}, nil
	for name, a := range block.Body.Attributes {
		switch name {
		case "count":
			r.count = a.Expr
		case "for_each":
			r.forEach = a.Expr
		case "provider":
			traversal, diags := hcl.AbsTraversalForExpr(a.Expr)
			if diags.HasErrors() {
				return nil, diags
			}
			r.provider = traversal.RootName()
			if len(traversal) > 1 {
				r.provider += "." + traversal[1].(hcl.TraverseAttr).Name
			}
		case "depends_on":
			for _, t := range a.Expr.Variables() {
				if address, ok := traversalAddress(t); ok {
					r.dependsOn = append(r.dependsOn, address.resourceAddress)
				}
			}
		default:
			body.Attributes[name] = a
		}
	}
	for _, inner := range block.Body.Blocks {
		if inner.Type != "lifecycle" {
			body.Blocks = append(body.Blocks, inner)
			continue
		}
		if err := r.readLifecycle(inner.Body); err != nil {
			return nil, err
		}
	}
	r.body = &body
	return r, nil
}

func (r *resourceBlock) readLifecycle(body *hclsyntax.Body) error {
	for name, a := range body.Attributes {
		switch name {
		case "create_before_destroy":
			r.createFirst = isTrue(a)
		case "prevent_destroy":
			r.preventDestroy = isTrue(a)
		case "ignore_changes":
			for _, t := range a.Expr.Variables() {
				r.ignored = append(r.ignored, t.RootName())
			}
		case "replace_triggered_by":
			expressions, diags := hcl.ExprList(a.Expr)
			if diags.HasErrors() {
				return diags
			}
			r.replaceTriggers = expressions
		default:
			return fmt.Errorf("the driver does not know %q in a lifecycle block", name)
		}
	}
	for _, inner := range body.Blocks {
		r.conditions = append(r.conditions, condition{
			post: inner.Type == "postcondition", holds: inner.Body.Attributes["condition"].Expr, message: inner.Body.Attributes["error_message"].Expr,
		})
	}
	return nil
}

func isTrue(a *hclsyntax.Attribute) bool { value, _ := a.Expr.Value(nil); return value.True() }

// providerName is the provider configuration of the block.
func (r *resourceBlock) providerName() string {
	if r.provider != "" {
		return r.provider
	}
	return implied(r.kind)
}

// expressions are all expressions of the block.
func (r *resourceBlock) expressions() []hcl.Expression {
	all := bodyExpressions(r.body)
	all = append(all, r.replaceTriggers...)
	for _, e := range []hcl.Expression{r.count, r.forEach} {
		if e != nil {
			all = append(all, e)
		}
	}
	for _, c := range r.conditions {
		all = append(all, c.holds, c.message)
	}
	return all
}

func bodyExpressions(body *hclsyntax.Body) []hcl.Expression {
	var all []hcl.Expression
	for _, a := range body.Attributes {
		all = append(all, a.Expr)
	}
	for _, block := range body.Blocks {
		all = append(all, bodyExpressions(block.Body)...)
	}
	return all
}

// block finds a resource block.
func (c *configuration) block(address resourceAddress) *resourceBlock {
	i := slices.IndexFunc(c.resources, func(r *resourceBlock) bool { return r.resourceAddress == address })
	if i < 0 {
		return nil
	}
	return c.resources[i]
}

// references are the resources that the expressions refer to, also through locals,
// in no order.
func (c *configuration) references(expressions []hcl.Expression) map[resourceAddress]bool {
	found, seen := map[resourceAddress]bool{}, map[string]bool{}
	var look func([]hcl.Expression)
	look = func(expressions []hcl.Expression) {
		for _, e := range expressions {
			for _, t := range e.Variables() {
				if t.RootName() == "local" {
					if attr, ok := t[1].(hcl.TraverseAttr); ok && !seen[attr.Name] && c.locals[attr.Name] != nil {
						seen[attr.Name] = true
						look([]hcl.Expression{c.locals[attr.Name]})
					}
					continue
				}
				if address, ok := traversalAddress(t); ok && c.block(address.resourceAddress) != nil {
					found[address.resourceAddress] = true
				}
			}
		}
	}
	look(expressions)
	return found
}

// dependencies are the resources that a block depends on itself, by what it says
// and by what its provider's configuration says.
func (c *configuration) dependencies(r *resourceBlock) map[resourceAddress]bool {
	found := c.references(r.expressions())
	for _, address := range r.dependsOn {
		if c.block(address) != nil {
			found[address] = true
		}
	}
	if body := c.providers[r.providerName()]; body != nil {
		for address := range c.references(bodyExpressions(body)) {
			found[address] = true
		}
	}
	delete(found, r.resourceAddress)
	return found
}

// allDependencies are the managed resources that a block depends on in the end.
func (c *configuration) allDependencies(r *resourceBlock) []resourceAddress {
	found := map[resourceAddress]bool{}
	var look func(*resourceBlock)
	look = func(r *resourceBlock) {
		for address := range c.dependencies(r) {
			if !found[address] {
				found[address] = true
				look(c.block(address))
			}
		}
	}
	look(r)
	var all []resourceAddress
	for address := range found {
		if !address.data {
			all = append(all, address)
		}
	}
	slices.SortFunc(all, compareAddresses)
	return all
}
