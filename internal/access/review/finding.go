package review

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// A Finding is one thing that a rule has to say about the organization.
type Finding struct {
	// Rule is the id of the rule in the [Catalogue].
	Rule     string
	Severity Severity
	// Principals and Places are what the finding is about. An exception and a
	// fingerprint name them.
	Principals []access.Reference
	Places     []access.Place
	// Sentence says what was found, with names.
	Sentence string
	// Reasons are the ways by which it came to be, where access is what was found.
	Reasons []Reason
	// Advice says what to do.
	Advice string

	// About tells findings apart that have the same subjects.
	About string
	// Summary, Source and Evidence are those of the rule.
	Summary  string
	Source   string
	Evidence access.Evidence

	// position is where the rule stands in the catalogue.
	position int
	// keys are those of the principals: the id of whoever has one.
	keys []string
}

// Fingerprint is the same for the same rule and subjects in every review, whatever
// the sentence counts, whichever ways lead there, and whatever the subjects are called.
func (f Finding) Fingerprint() string {
	parts := []string{f.Rule, f.About}
	if len(f.keys) == len(f.Principals) {
		parts = append(parts, f.keys...)
	} else {
		for _, principal := range f.Principals {
			parts = append(parts, principal.Folded().String())
		}
	}
	for _, place := range f.Places {
		parts = append(parts, place.Slug(0)+"/"+strings.Join(place.Slugs()[min(1, place.Depth()):], "/"))
	}
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:16])
}

// compareFindings orders what denies before what warns, then as the catalogue does,
// then by subjects.
func compareFindings(a, b Finding) int {
	return cmp.Or(
		cmp.Compare(a.Severity.rank(), b.Severity.rank()),
		cmp.Compare(a.position, b.position),
		slices.CompareFunc(a.Places, b.Places, access.Place.Compare),
		slices.CompareFunc(a.Principals, b.Principals, access.Reference.Compare),
		strings.Compare(a.About, b.About),
	)
}

// A Comparison sorts the findings of two reviews by fingerprint.
type Comparison struct {
	// Introduced findings are only in the later review.
	Introduced []Finding
	// Resolved findings are only in the earlier one.
	Resolved []Finding
	// Left findings are in both, as the later one has them.
	Left []Finding
}

// Compare tells what came and what went between two reviews. Both should be made
// with the same [Rulebook], or a difference of rules shows as one of access.
func Compare(before, after []Finding) Comparison {
	var c Comparison
	had, has := fingerprints(before), fingerprints(after)
	for _, finding := range after {
		if had[finding.Fingerprint()] {
			c.Left = append(c.Left, finding)
		} else {
			c.Introduced = append(c.Introduced, finding)
		}
	}
	for _, finding := range before {
		if !has[finding.Fingerprint()] {
			c.Resolved = append(c.Resolved, finding)
		}
	}
	return c
}

func fingerprints(findings []Finding) map[string]bool {
	known := map[string]bool{}
	for _, finding := range findings {
		known[finding.Fingerprint()] = true
	}
	return known
}
