package planreview

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// An instance is one instance of a resource or data source of this provider.
type instance struct {
	address string
	// kind is the type without the prefix: "user_group".
	kind          string
	reader        *Reader
	actions       tfjson.Actions
	before, after *object
	// imported is true where Terraform takes over what exists.
	imported bool
	// list is what the instance tells of, where it is about an access list.
	list *listResource
	// replacedBy are the attributes that made a replacement necessary.
	replacedBy []string
	// organization is the id of the organization, as the identity has it.
	organization string
	// deposed is true for an object that an earlier apply has left to be destroyed.
	deposed bool
	// of is the instance of the resource that owns a role as a whole, for the assignment of one
	// of its members.
	of *instance
	// strange is true where no version of Terraform or OpenTofu is known to do that.
	strange bool
}

func (i *instance) changes() bool {
	return i.strange || !i.actions.NoOp() && !i.actions.Read()
}

// touches tells whether the apply changes the object at SignPath. One that Terraform
// only forgets stays as it is.
func (i *instance) touches() bool { return i.changes() && i.before != i.after }

// creates tells whether the object is a new one, as a replacement is.
func (i *instance) creates() bool {
	return i.touches() && i.after != nil && (i.before == nil || i.actions.Replace())
}

// sides are the objects that there are, each with its side.
func (i *instance) sides(visit func(side, *object)) {
	for at, o := range []*object{i.before, i.after} {
		if o != nil {
			visit(side(at), o)
		}
	}
}

// A side is one of the two organizations that a plan lies between.
type side int

const (
	before side = iota
	after
)

// contents are the instances of a plan, each kind ordered by address.
type contents struct {
	vocabulary    *access.Vocabulary
	reader        *Reader
	readers       Readers
	managed, data []*instance
	secrets       secrets
	// hidden are the ids of those whose name is sensitive.
	hidden map[string]bool
}

func contentsOf(plan *Plan) contents {
	reading := plan.reading()
	managed, data := map[string][]*instance{}, map[string][]*instance{}
	if plan.PriorState != nil && plan.PriorState.Values != nil {
		eachResource(reading.reader, plan.PriorState.Values.RootModule, func(r *tfjson.StateResource) {
			found := reading.instanceOfState(r)
			if r.Mode == tfjson.DataResourceMode {
				data[r.Address] = []*instance{found}
			} else {
				managed[r.Address+r.DeposedKey] = []*instance{found}
			}
		})
	}
	for _, change := range plan.ResourceChanges {
		switch {
		case !reading.reader.owns(change.Type) || change.Change == nil:
		case change.Mode == tfjson.DataResourceMode:
			// It is read in the apply, so what an earlier one read does not count.
			delete(data, change.Address)
		default:
			managed[change.Address+change.DeposedKey] = reading.instancesOfChange(change)
		}
	}
	c := contents{vocabulary: plan.Vocabulary, reader: reading.reader, readers: plan.Readers, managed: withAssignments(ordered(managed)), data: ordered(data)}
	c.secrets, c.hidden = secretsOf(slices.Concat(c.managed, c.data, driftInstances(plan)))
	for _, i := range slices.Concat(c.managed, c.data) {
		i.sides(func(_ side, o *object) { o.secrets = c.secrets })
	}
	return c
}

// isAny tells whether the plan has anything that gives access.
func (c contents) isAny() bool { return len(c.managed)+len(c.data) > 0 }

func ordered(instances map[string][]*instance) []*instance {
	all := slices.Concat(slices.Collect(maps.Values(instances))...)
	slices.SortStableFunc(all, func(a, b *instance) int { return strings.Compare(a.address, b.address) })
	return all
}

// organization returns the id of the one organization that the resources of a plan are
// in; nothing where they tell none, or several.
func (c contents) organization() string {
	found := map[string]bool{}
	for _, i := range c.managed {
		i.sides(func(_ side, o *object) {
			if id := o.Text("organization_id"); id != "" {
				found[strings.ToLower(id)] = true
			}
		})
		if i.organization != "" {
			found[i.organization] = true
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

// A reading makes instances of what a plan has of the resources that give access.
type reading struct {
	reader *Reader
	lists  map[string]*listResource
}

func (p *Plan) reading() reading { return reading{p.Readers.Granting, listResources(p.Vocabulary)} }

// eachResource visits the resources of a module, and of those in it, that the reader reads.
func eachResource(reader *Reader, module *tfjson.StateModule, visit func(*tfjson.StateResource)) {
	if module == nil {
		return
	}
	for _, resource := range module.Resources {
		if reader.owns(resource.Type) {
			visit(resource)
		}
	}
	for _, child := range module.ChildModules {
		eachResource(reader, child, visit)
	}
}

func (read reading) instanceOfState(r *tfjson.StateResource) *instance {
	o := newObject(r.AttributeValues, nil, sensitiveValues(r))
	kind := read.reader.kindOf(r.Type)
	organization, _ := r.IdentityValues["organization_id"].(string)
	return &instance{
		address: r.Address, kind: kind, reader: read.reader, actions: tfjson.Actions{tfjson.ActionNoop}, list: read.lists[kind], before: o, after: o,
		organization: strings.ToLower(organization),
	}
}

func sensitiveValues(r *tfjson.StateResource) any {
	var marks any
	if json.Unmarshal(r.SensitiveValues, &marks) != nil {
		return nil
	}
	return marks
}

// knownActions are all that Terraform and OpenTofu are known to do with an object. A
// replacement that forgets is of OpenTofu 1.12 and of what comes after Terraform 1.15.
var knownActions = []tfjson.Actions{
	{tfjson.ActionNoop},
	{tfjson.ActionCreate},
	{tfjson.ActionRead},
	{tfjson.ActionUpdate},
	{tfjson.ActionDelete},
	{tfjson.ActionForget},
	{tfjson.ActionDelete, tfjson.ActionCreate},
	{tfjson.ActionCreate, tfjson.ActionDelete},
	{tfjson.ActionForget, tfjson.ActionCreate},
	{tfjson.ActionCreate, tfjson.ActionForget},
}

// instancesOfChange makes two of a replacement that forgets: one that is forgotten, and one
// that is created.
func (read reading) instancesOfChange(r *tfjson.ResourceChange) []*instance {
	i := read.instanceOfChange(r)
	if len(i.actions) != 2 || !slices.Contains(i.actions, tfjson.ActionForget) || i.strange {
		return []*instance{i}
	}
	forgotten, created := *i, *i
	forgotten.actions, forgotten.after = tfjson.Actions{tfjson.ActionForget}, i.before
	created.actions, created.before, created.imported = tfjson.Actions{tfjson.ActionCreate}, nil, false
	return []*instance{&forgotten, &created}
}

func (read reading) instanceOfChange(r *tfjson.ResourceChange) *instance {
	c, kind := r.Change, read.reader.kindOf(r.Type)
	i := &instance{
		address: r.Address, kind: kind, reader: read.reader, actions: c.Actions, deposed: r.DeposedKey != "",
		list:   read.lists[kind],
		before: newObject(c.Before, nil, c.BeforeSensitive),
		after:  newObject(c.After, c.AfterUnknown, c.AfterSensitive), imported: c.Importing != nil,
	}
	i.strange = !slices.ContainsFunc(knownActions, func(known tfjson.Actions) bool { return slices.Equal(known, c.Actions) }) || !i.fits()
	i.organization = strings.ToLower(newIdentity(c).Text("organization_id"))
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

// fits tells whether there is an object on each side where the actions need one, and none
// where they leave none.
func (i *instance) fits() bool {
	needs := func(actions ...tfjson.Action) bool {
		return slices.ContainsFunc(i.actions, func(a tfjson.Action) bool { return slices.Contains(actions, a) })
	}
	if needs(tfjson.ActionRead) {
		return true
	}
	hadOne := needs(tfjson.ActionNoop, tfjson.ActionUpdate, tfjson.ActionDelete, tfjson.ActionForget)
	hasOne := needs(tfjson.ActionNoop, tfjson.ActionUpdate, tfjson.ActionCreate)
	return hadOne == (i.before != nil) && hasOne == (i.after != nil)
}

// newIdentity is the identity of an object, which is empty where it has none.
func newIdentity(c *tfjson.Change) *object {
	for _, identity := range []any{c.BeforeIdentity, c.AfterIdentity} {
		if o := newObject(identity, nil, nil); o != nil {
			return o
		}
	}
	return &object{}
}

// driftInstances are what a refresh found changed.
func driftInstances(plan *Plan) []*instance {
	reading := plan.reading()
	var all []*instance
	for _, change := range plan.ResourceDrift {
		if reading.reader.owns(change.Type) && change.Change != nil && change.Mode != tfjson.DataResourceMode {
			all = append(all, reading.instanceOfChange(change))
		}
	}
	return all
}

// secretsOf returns those whose names are sensitive, by reference and by id.
func secretsOf(all []*instance) (secrets, map[string]bool) {
	found, ids := secrets{}, map[string]bool{}
	for _, i := range all {
		i.eachPrincipal(func(kind access.Kind, o *object) {
			if found.collect(kind, o) && o.id("id") != "" {
				ids[o.id("id")] = true
			}
		})
	}
	return found, ids
}
