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
	found := append([]Event{}, m.unread...)
	for _, i := range m.plan.managed {
		found = append(found, unknownOf(i)...)
	}
	for _, action := range strangeActions(plan, m.plan.reader) {
		found = append(found, gap(action.Address, "", "actions of the type %s are not known here, such as %s", action.Type, action.Address))
	}
	found = append(found, unknownChecks(plan)...)
	if names := providerConfigurations(plan, m.plan.reader); len(names) > 1 {
		found = append(found, gap("", "", "the provider has several configurations (%s): if they are of several organizations, this review takes those for one",
			strings.Join(names, ", ")))
	}
	for _, deferred := range plan.DeferredChanges {
		if change := deferred.ResourceChange; change != nil && m.plan.readers.owns(change.Type) {
			found = append(found, gap(change.Address, "", "%s is deferred to a later plan%s", change.Address, deferredBy(deferred.Reason)))
		}
	}
	return found
}

func gap(address, subject, format string, args ...any) Event {
	return Event{Address: address, Subject: subject, Sentence: fmt.Sprintf(format, args...)}
}

// unknownOf tells what is not told of one instance.
func unknownOf(i *instance) (found []Event) {
	if i.of != nil {
		return nil
	}
	if i.strange {
		found = append(found, gap(i.address, "", "what becomes of %s is not known: %s", i.address, spellActions(i.actions)))
	}
	all, isKnown := decisive(i)
	if !isKnown {
		found = append(found, gap(i.address, "", "resources of the type %s are not known here, such as %s", i.reader.typeOf(i.kind), i.address))
	}
	if _, isPrincipal := i.principal(); isPrincipal && i.after != nil && i.after.unknown.holds(attributeMember) {
		found = append(found, gap(i.address, attributeMember, "%s of %s is %s", attributeMember, i.address, unknown))
	}
	for _, attribute := range all {
		if is := attribute.worst(i); is != known {
			found = append(found, gap(i.address, attribute.name, "%s of %s is %s", attribute.name, i.address, is))
		}
	}
	return found
}

// unknownChecks are those of the configuration that only the apply can judge.
func unknownChecks(plan *tfjson.Plan) (found []Event) {
	note := func(address string) {
		found = append(found, gap(address, "", "whether %s holds is %s", address, unknown))
	}
	for _, check := range plan.Checks {
		for _, instance := range check.Instances {
			if instance.Status == tfjson.CheckStatusUnknown {
				note(instance.Address.ToDisplay)
			}
		}
		if len(check.Instances) == 0 && check.Status == tfjson.CheckStatusUnknown {
			note(check.Address.ToDisplay)
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
func strangeActions(plan *tfjson.Plan, reader *Reader) []*tfjson.ActionInvocation {
	return slices.DeleteFunc(slices.Clone(plan.ActionInvocations), func(action *tfjson.ActionInvocation) bool {
		return !reader.owns(action.Type) || action.Type == reader.typeOf("reinvite_user")
	})
}

// providerConfigurations returns the configurations of this provider that a plan has.
// Their organizations are mostly in variables, which cannot be told from here. What some
// versions list of a module that only inherits one is none.
func providerConfigurations(plan *tfjson.Plan, reader *Reader) []string {
	var names []string
	if plan.Config == nil {
		return nil
	}
	for key, configuration := range plan.Config.ProviderConfigs {
		if configuration == nil || strings.HasPrefix(key, "module.") && len(configuration.Expressions) == 0 {
			continue
		}
		if strings.HasSuffix(configuration.FullName, "/"+reader.Provider) {
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
