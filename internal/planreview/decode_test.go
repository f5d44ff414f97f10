package planreview_test

import (
	"encoding/json"
	"strings"
	"testing"

	"golang.org/x/text/encoding/unicode"

	"github.com/signpath-community/terraform-provider-signpath/internal/planreview"
	"github.com/signpath-community/terraform-provider-signpath/internal/vendors"
)

func TestDecodeRefusesWhatIsNoPlan(t *testing.T) {
	const valid = `{"format_version": "1.2", "planned_values": {}}`
	change := func(change string) string {
		return `{"format_version": "1.2", "resource_changes": [` + change + `]}`
	}
	for text, want := range map[string]string{
		``:                                  "it is empty",
		" \n":                               "it is empty",
		`<html>`:                            "no plan as JSON",
		`[]`:                                "no plan as JSON",
		`{}`:                                "format version is missing",
		`{"format_version": "9.0"}`:         "unsupported plan format version",
		`{"format_version": "1.0"} `:        "terraform show -json plan.bin",
		valid[:len(valid)-1]:                "no plan as JSON",
		valid + valid:                       "no plan as JSON",
		change(`null`):                      "this is no plan",
		change(`{"type": "signpath_user"}`): "this is no plan",
		change(`{"type": "signpath_user", "change": {"actions": ["create"]}}`):                  "this is no plan",
		change(`{"type": "signpath_user", "change": {"actions": ["create"], "after": "user"}}`): "this is no plan",
		`{"format_version": "1.2", "planned_values": {}, "resource_drift": [null]}`:             "this is no plan",
		`{"format_version": "1.2", "planned_values": {}, "deferred_changes": [null]}`:           "this is no plan",
		`{"format_version": "1.2", "planned_values": {}, "action_invocations": [null]}`:         "this is no plan",
		`{"format_version": "1.2", "planned_values": {}, "prior_state": {"format_version": "1.0",
		  "values": {"root_module": {"child_modules": [{"resources": [null]}]}}}}`: "this is no plan",
	} {
		if _, err := planreview.Decode(strings.NewReader(text), vendors.Readers); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// TestDecodeTakesWhatShellsWrite has a plan as PowerShell redirects it.
func TestDecodeTakesWhatShellsWrite(t *testing.T) {
	plain, err := json.Marshal(newPlan().change("user_group", nil, attributes{"name": "Freigabe für A", "member": "group:Freigabe für A"}).plan)
	if err != nil {
		t.Fatal(err)
	}
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(string(plain))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"a mark of UTF-8": "\ufeff" + string(plain), "UTF-16": utf16, "a line break": string(plain) + "\r\n"} {
		plan, err := planreview.Decode(strings.NewReader(text), vendors.Readers)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		says(t, reviewed(t, plan), "group:Freigabe für A is created")
	}
}
