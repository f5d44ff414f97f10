package audit

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/planreview"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// stepOfAccount is for an attribute of a user, CI user or group.
func (r *reading) stepOfAccount(s step) step {
	p := *s.object.principal
	is := func(property contract.Property) bool {
		_, is := contract.PropertyCalled(s.change.Property, property)
		return is
	}
	s.what.attribute = s.change.Property
	for attribute, property := range audited {
		if is(property) {
			s.what.attribute = attribute
		}
	}
	before, after := contract.Text(s.change.Before), contract.Text(s.change.After)
	switch {
	case is(keyOf(p.Kind)) && before != "" && after != "":
		s.told = planreview.Renamed(planreview.Renaming{
			Before: access.Reference{Kind: p.Kind, Key: before}, After: access.Reference{Kind: p.Kind, Key: after},
		}).WithID(p.ID)
		return s
	case is(contract.PropIdentity) && acceptsInvitation(s.event):
		s.told = s.about(planreview.DriftAccepted, s.object.named+" accepted the invitation")
	case is(contract.PropRole):
		fact := fmt.Sprintf("%s was given the global role %s instead of %s", s.object.named, role(s.change.After), role(s.change.Before))
		s.told = s.about(planreview.DriftChanged, fact)
	case is(contract.PropActive) && s.change.Became(true):
		s.told = s.about(planreview.DriftChanged, s.object.named+" was activated")
	case is(contract.PropActive) && s.change.Became(false):
		s.told = s.about(planreview.DriftChanged, s.object.named+" was deactivated")
	default:
		s.told = s.about(planreview.DriftChanged, s.what.attribute+" of "+s.object.named+" was changed"+fromTo(s.change))
	}
	return s.withValues()
}

// role is how people call the role in an event; as it came where it is no text.
func role(raw json.RawMessage) string {
	if text := contract.Text(raw); text != "" {
		return vocabulary.SignPath.Title(access.Role(text))
	}
	if len(raw) == 0 {
		return "one that the audit log does not tell"
	}
	return string(raw)
}

// settings are those of signing policies that decide what a signature takes, with their words.
var settings = []struct {
	contract.Property
	attribute, noun string
}{
	{contract.PropUsesApprovalProcess, "uses_approval_process", "the approval process"},
	{contract.PropVerifiesTrustedBuildSystem, "verifies_trusted_build_system", "trusted build system verification"},
	{contract.PropVerifiesOriginPolicy, "verifies_origin", "origin verification"},
	{contract.PropRequiredApprovals, "required_approvals", "the number of required approvals"},
	{contract.PropOriginPolicyVerification, "origin_policy_verification", "what origin verification asks for"},
	{contract.PropActive, "active", ""},
	{contract.PropPurpose, "purpose", "the purpose"},
	{contract.PropStatus, "status", "the status"},
}

// stepOfSetting is for a setting of a project or signing policy, and for what else an event
// is about.
func stepOfSetting(s step) step {
	s.what.attribute = s.change.Property
	fact := fmt.Sprintf("%q of %s was changed%s", s.change.Property, s.object.named, fromTo(s.change))
	for _, setting := range settings {
		if _, is := contract.PropertyCalled(s.change.Property, setting.Property); is {
			s.what.attribute = setting.attribute
			fact = switched(s.object.named, setting.noun, s.change)
			break
		}
	}
	s.told = s.about(planreview.DriftChanged, fact)
	return s.withValues()
}

func switched(named, noun string, change api.AuditChange) string {
	isOn := change.Became(true)
	switch {
	case noun == "" && isOn:
		return named + " was activated"
	case noun == "" && change.Became(false):
		return named + " was deactivated"
	case isOn:
		return noun + " of " + named + " was switched on"
	case change.Became(false):
		return noun + " of " + named + " was switched off"
	}
	return noun + " of " + named + " was changed" + fromTo(change)
}

// withValues adds what the attribute was and is, where that is simple.
func (s step) withValues() step {
	s.told.Attribute = s.what.attribute
	was, isWas := simple(s.change.Before)
	is, isNow := simple(s.change.After)
	if isSecretive(s.change.Property) {
		return s
	}
	if isWas && isNow {
		s.told.Before, s.told.After = was, is
	}
	return s
}

// simple reads a value that is short enough for a sentence.
func simple(raw json.RawMessage) (value any, ok bool) {
	if json.Unmarshal(raw, &value) != nil {
		return nil, false
	}
	switch value.(type) {
	case map[string]any, []any:
		return nil, false
	}
	return value, true
}

// secretive are parts of the names of properties of which no value is told.
var secretive = []string{"token", "secret", "password", "privatekey"}

func isSecretive(property string) bool {
	return slices.ContainsFunc(secretive, func(part string) bool { return strings.Contains(strings.ToLower(property), part) })
}

func fromTo(change api.AuditChange) string {
	_, isWas := simple(change.Before)
	_, isNow := simple(change.After)
	if !isWas || !isNow || isSecretive(change.Property) {
		return ""
	}
	spell := func(raw json.RawMessage) string {
		if text := contract.Text(raw); text != "" {
			return text
		}
		return string(raw)
	}
	return " from " + spell(change.Before) + " to " + spell(change.After)
}
