package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// saved writes a file into a folder of the test.
func saved(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// keyFiles returns the paths of the two halves of a key, which is another one for each number.
func keyFiles(t *testing.T, number byte) (private, public string) {
	t.Helper()
	other := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{number}, ed25519.SeedSize))
	half := func(name, kind string, der []byte, err error) string {
		if err != nil {
			t.Fatal(err)
		}
		return saved(t, name, string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})))
	}
	der, err := x509.MarshalPKCS8PrivateKey(other)
	private = half("key.pem", "PRIVATE KEY", der, err)
	der, err = x509.MarshalPKIXPublicKey(other.Public())
	return private, half("key.pub.pem", "PUBLIC KEY", der, err)
}

// addEvidence adds the documents that are made of others.
func addEvidence(t *testing.T, found map[string][]string, rules string, plan []byte) {
	t.Helper()
	reports := make([]string, 2)
	for i := range reports { // Their digests do not depend on the port of the mock.
		reports[i] = mockURL.ReplaceAllString(found["organization_review"][i], "https://signpath.example.com/Api")
	}
	part, whole := saved(t, "part.json", reports[0]), saved(t, "whole.json", reports[1])
	found["review_difference"] = []string{jsonOf(t, nil, "review", "diff", saved(t, "earlier.json", earlierReport(t, reports[1])), whole)}

	attestations := filepath.Join(t.TempDir(), "attestations.yaml")
	if _, err := execute(t, "attest", "write", whole, "--attestations", attestations, "--by", "user:qa.lead@example.com", "--until", "2026-12-31",
		"--reference", "REC-1", "--role", "approver", "--role", "reader"); err != nil {
		t.Fatal(err)
	}
	found["attestation_check"] = []string{
		jsonOf(t, nil, "attest", "check", whole, "--attestations", attestations),
		jsonOf(t, nil, "attest", "check", part, "--attestations", attestations, "--role", "approver"),
	}
	found["organization_review"] = append(found["organization_review"], jsonOf(t, nil, "review", "org", "--attestations", attestations))

	private, public := keyFiles(t, 1)
	for _, arguments := range [][]string{
		{"review", "plan", saved(t, "plan.json", string(eventfulPlan(t, plan))), "--commit", "0123456789abcdef0123456789abcdef01234567"},
		{"review", "org", "--rules", rules, "--project", "project-a"},
		{"review", "diff", whole, whole},
		{"review", "log", "--to", "2026-06-15T12:01:00Z", "--member", "user:outsider@example.com", "--project", "project-a"},
	} {
		sealed := jsonOf(t, nil, append(arguments, "--seal", private)...)
		found["seal_verification"] = append(found["seal_verification"],
			jsonOf(t, nil, "review", "verify", saved(t, "sealed.json", sealed), "--key", public))
	}
}

// execute runs a command and returns what it printed.
func execute(t *testing.T, arguments ...string) (string, error) {
	t.Helper()
	var output strings.Builder
	root := newRootCommand()
	root.SetArgs(arguments)
	root.SetOut(&output)
	root.SetErr(&output)
	err := root.ExecuteContext(t.Context())
	return output.String(), err
}

// earlierReport is a report as it may have been some time before: everything that a difference
// tells is otherwise in it.
func earlierReport(t *testing.T, later string) string {
	t.Helper()
	later = strings.ReplaceAll(later, "release.manager@example.com", "manager@example.com")
	var report map[string]any
	if err := json.Unmarshal([]byte(later), &report); err != nil {
		t.Fatal(err)
	}
	var rows, submits []any
	for _, row := range report["access"].([]any) {
		row := row.(map[string]any)
		reasons := row["reasons"].([]any)
		isLeads := row["principal"] == "user:dev.lead@example.com"
		if isLeads && row["permission"] == "submit" {
			submits = reasons
			continue
		}
		if isLeads && row["permission"] == "approve" {
			row["reasons"] = append(reasons, submits...)
		} else if len(reasons) > 1 && isLeads {
			row["reasons"] = reasons[1:]
		}
		rows = append(rows, row)
	}
	findings := report["findings"].([]any)
	findings[0].(map[string]any)["fingerprint"] = "gone"
	excepted := report["excepted"].([]any)[0].(map[string]any)
	delete(excepted, "reason")
	delete(excepted, "until")
	settings := report["settings"].([]any)
	settings[1].(map[string]any)["values"].(map[string]any)["required_approvals"] = nil
	settings[len(settings)-1].(map[string]any)["signing_policy"] = "called-otherwise"
	settings[2].(map[string]any)["id"] = "5f1e7c3a-0001-4c57-9a3e-2d6f4b1c8e90"
	settings = slices.Delete(settings, 4, 5)
	settings = append(settings, map[string]any{
		"project": "project-b", "signing_policy": "gone", "id": "5f1e7c3a-0000-4c57-9a3e-2d6f4b1c8e90", "values": map[string]any{"active": true},
	})
	report["access"], report["findings"], report["excepted"] = rows, append(findings, excepted), []any{}
	report["settings"] = settings
	report["read_by"].(map[string]any)["role"] = "RegularUser"
	encoded, err := json.Marshal(report)
	if err != nil {
		t.Fatal(err)
	}
	return string(encoded)
}
