package baselinereview

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access/baseline"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
)

// SeverityNote is for findings that are only told: nobody has to act on them.
const SeverityNote = "note"

// Told is a finding as a report tells it. Its fingerprint is that of the baseline, because
// another one may have the same places and people.
func (r *Record) Told(finding baseline.Finding) review.FindingRecord {
	record := finding.Record()
	if finding.Note {
		record.Severity = SeverityNote
	}
	for i, place := range finding.Places {
		record.Places[i] = r.Model.Vocabulary.PlaceKey(place)
	}
	of := r.Organization
	if of == "" {
		of = r.Address
	}
	sum := sha256.Sum256([]byte(strings.Join([]string{r.Vendor.Provider, of, record.Fingerprint}, "\x00")))
	record.Fingerprint = hex.EncodeToString(sum[:16])
	return record
}

// An Attester is who attests that access is as a baseline says.
type Attester struct {
	By        string `json:"by"`
	On        string `json:"on"`
	Reference string `json:"reference,omitempty"`
	// Seen is true for the rows that were seen, and false for a digest.
	Seen bool `json:"seen"`
}

// Attester is nil where nobody attests.
func (r *Record) Attester() *Attester {
	if r.Attestation == nil {
		return nil
	}
	return &Attester{r.Attestation.By.String(), string(r.Attestation.On), r.Attestation.Reference, r.Attestation.IsSeen()}
}

// A Seat is what somebody should have somewhere.
type Seat struct {
	Place     string `json:"place"`
	Principal string `json:"principal"`
	Role      string `json:"role"`
	// From are the places at which the role is given: this one, or places around it.
	From []string `json:"from"`
}

// A Matrix is who should have which role where, with what is to be said of it.
type Matrix struct {
	Address      string `json:"address"`
	Vendor       string `json:"vendor"`
	Organization string `json:"organization,omitempty"`
	// State, Since and Confirmed say how far it is confirmed, and since when it is not.
	State      State                  `json:"state"`
	Since      string                 `json:"since,omitempty"`
	Confirmed  string                 `json:"sentence"`
	Attester   *Attester              `json:"attestation"`
	Seats      []Seat                 `json:"access"`
	Findings   []review.FindingRecord `json:"findings"`
	Deviations []string               `json:"deviations"`
	Steps      []string               `json:"steps"`
	// Where names what it is of, and Tell a place with its type.
	Where string `json:"-"`
	tell  map[string]string
}

// Matrix tells what should be, and how far it is confirmed on a day.
func (r *Record) Matrix(day time.Time) Matrix {
	m := Matrix{
		Address: r.Address, Vendor: r.Vendor.Name, Organization: r.Organization, State: r.StateOn(day), Since: string(r.Since(day)), Confirmed: r.Confirmed(day),
		Attester: r.Attester(), Seats: []Seat{}, Findings: []review.FindingRecord{}, Deviations: append([]string{}, r.Deviations...),
		Steps: append([]string{}, r.StepsOn(day)...), Where: r.Where(), tell: map[string]string{},
	}
	for _, held := range r.Effective() {
		seat := Seat{Place: r.Model.Vocabulary.PlaceKey(held.Place), Principal: held.Principal.String(), Role: string(held.Role), From: []string{}}
		m.tell[seat.Place] = r.Tell(held.Place)
		for _, from := range held.From {
			seat.From = append(seat.From, r.Model.Vocabulary.PlaceKey(from))
		}
		m.Seats = append(m.Seats, seat)
	}
	for _, finding := range append(r.Review(r.Settings, r.Wishes), r.kept()...) {
		m.Findings = append(m.Findings, r.Told(finding))
	}
	return m
}

// Tell names the place of a seat with its type.
func (m Matrix) Tell(place string) string { return m.tell[place] }

// IsGranted tells whether the role is given at the place itself.
func (s Seat) IsGranted() bool { return slices.Contains(s.From, s.Place) }
