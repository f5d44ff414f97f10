package main

import (
	"crypto/sha256"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access/evidence"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/envelope"
	"github.com/signpath-community/terraform-provider-signpath/internal/report"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// An attestationFile is a file of attestations that a command was given; the zero value is none.
type attestationFile struct {
	evidence.File
	path, sha256 string
}

// readAttestations reads the file, if one is given.
func readAttestations(path string, at time.Time) (attestationFile, error) {
	if path == "" {
		return attestationFile{}, nil
	}
	document, err := os.ReadFile(path) //nolint:gosec // The caller names the file on the command line.
	if err != nil {
		return attestationFile{}, fmt.Errorf("--attestations: %w", err)
	}
	file, err := evidence.ParseFile(vocabulary.SignPath, document, at)
	if err != nil {
		return attestationFile{}, fmt.Errorf("--attestations: %s: %w", path, err)
	}
	return attestationFile{file, path, fmt.Sprintf("%x", sha256.Sum256(document))}, nil
}

// readRulebook reads the rules, of which those about attestations judge only by a file. Without
// one, a rulebook that relies on them would let everything pass.
func (f attestationFile) readRulebook(path string, at time.Time) (review.Rulebook, *envelope.Rules, error) {
	catalogue := vocabulary.Rules
	if f.path != "" {
		catalogue = evidence.Rules(catalogue, f.File)
	}
	rulebook, rules, err := readRulebookOf(catalogue, path, at)
	if err != nil {
		return rulebook, rules, err
	}
	if needed := evidence.NeedFile(rulebook); f.path == "" && len(needed) > 0 {
		return rulebook, rules, fmt.Errorf("--rules switches on %s, and these rules judge by a file: give it as --attestations", strings.Join(needed, ", "))
	}
	return rulebook, rules, nil
}

// refuseOther refuses a file of another organization.
func (f attestationFile) refuseOther(organization string) error {
	if f.path == "" || strings.EqualFold(f.Organization, organization) {
		return nil
	}
	return fmt.Errorf("--attestations: %s is about the organization %s, and this is %s", f.path, f.Organization, organization)
}

// inputs says by which file a report judges.
func (f attestationFile) inputs() []evidence.Input {
	if f.path == "" {
		return nil
	}
	return []evidence.Input{{Name: "attestations", SHA256: f.sha256}}
}

// told says in a report by which file it judges; nil if by none.
func (f attestationFile) told() *report.Attestations {
	if f.path == "" {
		return nil
	}
	return &report.Attestations{SHA256: f.sha256, Number: len(f.Attestations)}
}
