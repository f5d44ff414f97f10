package planreview

import (
	"fmt"
	"slices"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"
)

// unknownEvents tells what the plan does not tell: what comes with the apply, what
// is sensitive, what has a form that is not known, and what is put off to a later plan.
func (m *model) unknownEvents(plan *tfjson.Plan) []Event {
	found := []Event{}
	note := func(address, subject, sentence string) {
		found = append(found, Event{Address: address, Subject: subject, Sentence: sentence})
	}
	for _, i := range m.plan.managed {
		if i.strange {
			note(i.address, "", fmt.Sprintf("what becomes of %s is not known: %s", i.address, spellActions(i.actions)))
		}
		all, isKnown := decisive(i)
		if !isKnown {
			note(i.address, "", fmt.Sprintf("resources of the type %s are not known here, such as %s", typePrefix+i.kind, i.address))
		}
		if _, isPrincipal := principalKinds[i.kind]; isPrincipal && i.after != nil && i.after.unknown.holds(attributeMember) {
			note(i.address, attributeMember, fmt.Sprintf("%s of %s is %s", attributeMember, i.address, unknown))
		}
		for _, attribute := range all {
			if is := attribute.worst(i); is != known {
				note(i.address, attribute.name, fmt.Sprintf("%s of %s is %s", attribute.name, i.address, is))
			}
		}
	}
	for _, action := range strangeActions(plan) {
		note(action.Address, "", fmt.Sprintf("actions of the type %s are not known here, such as %s", action.Type, action.Address))
	}
	for _, check := range plan.Checks {
		for _, instance := range check.Instances {
			if instance.Status == tfjson.CheckStatusUnknown {
				note(instance.Address.ToDisplay, "", fmt.Sprintf("whether %s holds is %s", instance.Address.ToDisplay, unknown))
			}
		}
		if len(check.Instances) == 0 && check.Status == tfjson.CheckStatusUnknown {
			note(check.Address.ToDisplay, "", fmt.Sprintf("whether %s holds is %s", check.Address.ToDisplay, unknown))
		}
	}
	if names := providerConfigurations(plan); len(names) > 1 {
		note("", "", "the provider has several configurations ("+strings.Join(names, ", ")+
			"): if they are of several organizations, this review takes those for one")
	}
	for _, deferred := range plan.DeferredChanges {
		if change := deferred.ResourceChange; change != nil && isOurs(change.Type) {
			note(change.Address, "", change.Address+" is deferred to a later plan"+deferredBy(deferred.Reason))
		}
	}
	return found
}

func deferredBy(reason string) string {
	if reason == "" {
		return ""
	}
	return " (" + reason + ")"
}

// strangeActions are the invocations of actions of the provider that are not known here.
func strangeActions(plan *tfjson.Plan) []*tfjson.ActionInvocation {
	return slices.DeleteFunc(slices.Clone(plan.ActionInvocations), func(action *tfjson.ActionInvocation) bool {
		return !isOurs(action.Type) || action.Type == typePrefix+"reinvite_user"
	})
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
	switch text, _ := o.values[name].(string); {
	case o.sensitive.holds(name), o.secrets.hold(text):
		return sensitive
	case o.unknown.holds(name):
		return unknown
	}
	if _, isList := o.values[name].([]any); isList {
		if _, is := o.texts(name); is == sensitive {
			return is
		}
	}
	return known
}
