package planreview

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

const typePrefix = "signpath_"

// An instance is one instance of a resource or data source of this provider.
type instance struct {
	address string
	// kind is the type without the prefix: "user_group".
	kind          string
	actions       tfjson.Actions
	before, after *object
	// imported is true where Terraform takes over what exists.
	imported bool
	// list is what the instance tells of, where it is about an access list.
	list *listResource
	// replacedBy are the attributes that made a replacement necessary.
	replacedBy []string
}

func (i *instance) changes() bool {
	return len(i.actions) > 0 && !i.actions.NoOp() && !i.actions.Read()
}

// touches tells whether the apply changes the object at SignPath. One that Terraform
// only forgets stays as it is.
func (i *instance) touches() bool { return i.changes() && i.before != i.after }

// A side is one of the two organizations that a plan lies between.
type side int

const (
	before side = iota
	after
)

// contents are the instances of a plan, each kind ordered by address.
type contents struct {
	vocabulary    *access.Vocabulary
	managed, data []*instance
	secrets       secrets
}

func contentsOf(plan *Plan) contents {
	hidden, lists := secretsOf(plan.Plan), listResources(plan.Vocabulary)
	managed, data := map[string]*instance{}, map[string]*instance{}
	if plan.PriorState != nil && plan.PriorState.Values != nil {
		eachResource(plan.PriorState.Values.RootModule, func(r *tfjson.StateResource) {
			found := instanceOfState(r, lists)
			if r.Mode == tfjson.DataResourceMode {
				data[r.Address] = found
			} else {
				managed[r.Address+r.DeposedKey] = found
			}
		})
	}
	for _, change := range plan.ResourceChanges {
		switch {
		case !isOurs(change.Type) || change.Change == nil:
		case change.Mode == tfjson.DataResourceMode:
			// It is read in the apply, so what an earlier one read does not count.
			delete(data, change.Address)
		default:
			managed[change.Address+change.DeposedKey] = instanceOfChange(change, lists)
		}
	}
	return contents{vocabulary: plan.Vocabulary, managed: ordered(managed, hidden), data: ordered(data, hidden), secrets: hidden}
}

func ordered(instances map[string]*instance, hidden secrets) []*instance {
	var all []*instance
	for _, i := range instances {
		for _, o := range []*object{i.before, i.after} {
			if o != nil {
				o.secrets = hidden
			}
		}
		all = append(all, i)
	}
	slices.SortFunc(all, func(a, b *instance) int { return strings.Compare(a.address, b.address) })
	return all
}

// organization returns the id of the one organization that the resources of a plan are
// in; nothing where they tell none, or several.
func (c contents) organization() string {
	found := map[string]bool{}
	for _, i := range c.managed {
		for _, o := range []*object{i.before, i.after} {
			if o != nil && o.Text("organization_id") != "" {
				found[strings.ToLower(o.Text("organization_id"))] = true
			}
		}
	}
	if len(found) != 1 {
		return ""
	}
	return sortedKeys(found)[0]
}

// RefuseOther refuses another organization than that of the plan, as far as its resources
// tell.
func (p *Plan) RefuseOther(organizationID string) error {
	if of := contentsOf(p).organization(); of != "" && !strings.EqualFold(of, organizationID) {
		return fmt.Errorf("the plan is of another organization: its resources are in %s, and %s is to be read", of, organizationID)
	}
	return nil
}

// complete tells whether the plan has read every principal.
func (c contents) complete() bool {
	read := map[string]bool{}
	for _, source := range c.data {
		listed, ok := principalLists[source.kind]
		filtered := false
		for _, filter := range listed.filters {
			filtered = filtered || source.before.values[filter] != nil
		}
		if ok && !filtered {
			read[source.kind] = true
		}
	}
	return len(read) == len(principalLists)
}

func isOurs(resourceType string) bool { return strings.HasPrefix(resourceType, typePrefix) }

func eachResource(module *tfjson.StateModule, visit func(*tfjson.StateResource)) {
	if module == nil {
		return
	}
	for _, resource := range module.Resources {
		if isOurs(resource.Type) {
			visit(resource)
		}
	}
	for _, child := range module.ChildModules {
		eachResource(child, visit)
	}
}

func instanceOfState(r *tfjson.StateResource, lists map[string]*listResource) *instance {
	o := newObject(r.AttributeValues, nil, sensitiveValues(r))
	kind := strings.TrimPrefix(r.Type, typePrefix)
	return &instance{address: r.Address, kind: kind, list: lists[kind], before: o, after: o}
}

func sensitiveValues(r *tfjson.StateResource) any {
	var marks any
	if json.Unmarshal(r.SensitiveValues, &marks) != nil {
		return nil
	}
	return marks
}

func instanceOfChange(r *tfjson.ResourceChange, lists map[string]*listResource) *instance {
	c := r.Change
	i := &instance{
		address: r.Address, kind: strings.TrimPrefix(r.Type, typePrefix), actions: c.Actions,
		list:   lists[strings.TrimPrefix(r.Type, typePrefix)],
		before: newObject(c.Before, nil, c.BeforeSensitive),
		after:  newObject(c.After, c.AfterUnknown, c.AfterSensitive), imported: c.Importing != nil,
	}
	if i.forgotten() && i.after == nil {
		// The object leaves the state and stays at SignPath as it is.
		i.after = i.before
	}
	for _, path := range c.ReplacePaths {
		if steps, ok := path.([]any); ok && len(steps) > 0 {
			i.replacedBy = append(i.replacedBy, fmt.Sprint(steps[0]))
		}
	}
	slices.Sort(i.replacedBy)
	i.replacedBy = slices.Compact(i.replacedBy)
	return i
}

func secretsOf(plan *tfjson.Plan) secrets {
	found := secrets{}
	if plan.PriorState != nil && plan.PriorState.Values != nil {
		eachResource(plan.PriorState.Values.RootModule, func(r *tfjson.StateResource) {
			found.collect(r.AttributeValues, sensitiveValues(r))
		})
	}
	for _, change := range slices.Concat(plan.ResourceChanges, plan.ResourceDrift) {
		if isOurs(change.Type) && change.Change != nil {
			found.collect(change.Change.Before, change.Change.BeforeSensitive)
			found.collect(change.Change.After, change.Change.AfterSensitive)
		}
	}
	return found
}
