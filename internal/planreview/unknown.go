package planreview

import (
	"fmt"
	"slices"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"
)

// decisive are the attributes that say who gets what, by the kind of resource.
func decisive(i *instance) []string {
	switch i.kind {
	case "user":
		return []string{"email", "member", "active"}
	case "ci_user", "user_group":
		return []string{"name", "member", "active"}
	case "role_assignment":
		return []string{"member", "role"}
	case "ci_user_token":
		return []string{"ci_user"}
	}
	if i.list == nil {
		return nil
	}
	return slices.Concat(i.list.attributes, []string{"group", "member", "members"})
}

// unknownEvents tells what the plan does not tell: what comes with the apply, what
// is sensitive, and what is put off to a later plan.
func (m *model) unknownEvents(plan *tfjson.Plan) []Event {
	found := []Event{}
	for _, i := range m.plan.managed {
		if i.after == nil {
			continue
		}
		for _, name := range decisive(i) {
			if is := i.after.knows(name); is != known {
				found = append(found, Event{Address: i.address, Subject: name, Sentence: fmt.Sprintf("%s of %s is %s", name, i.address, is)})
			}
		}
	}
	if names := providerConfigurations(plan); len(names) > 1 {
		found = append(found, Event{Sentence: "the provider has several configurations (" + strings.Join(names, ", ") +
			"): if they are of several organizations, this review takes those for one"})
	}
	for _, deferred := range plan.DeferredChanges {
		if change := deferred.ResourceChange; change != nil && isOurs(change.Type) {
			found = append(found, Event{Address: change.Address, Sentence: change.Address + " is deferred to a later plan"})
		}
	}
	return found
}

// providerConfigurations returns the configurations of this provider that a plan has.
// Their organizations are mostly in variables, which cannot be told from here. What some
// versions list of a module that only inherits one is none.
func providerConfigurations(plan *tfjson.Plan) []string {
	var names []string
	if plan.Config == nil {
		return nil
	}
	for key, configuration := range plan.Config.ProviderConfigs {
		if configuration == nil || strings.HasPrefix(key, "module.") && len(configuration.Expressions) == 0 {
			continue
		}
		if strings.HasSuffix(configuration.FullName, "/signpath") {
			names = append(names, key)
		}
	}
	slices.Sort(names)
	return names
}

// knows tells how well an attribute of any type is known.
func (o *object) knows(name string) knowledge {
	if _, is := o.text(name); is != known {
		return is
	}
	_, is := o.texts(name)
	return is
}
