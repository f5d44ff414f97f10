package report

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/evidence"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/envelope"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/text"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// kindOrganization is the kind of the document that a report is as JSON.
const kindOrganization = "organization_review"

// readReport is a report as [Report.Write] writes it as JSON, read again. Fields that are not in
// it are of no use here, or of a later version.
type readReport struct {
	envelope.Envelope
	Findings []review.FindingRecord
	Excepted []review.ExceptedRecord
	Ignored  []string
	Access   []readAccess
	Settings *[]jsonSettings
	Accounts []struct {
		Principal string
		ID        string `json:"principal_id"`
		Name      string
	}
	NotRead *jsonNotRead `json:"not_read"`
}

// check refuses what [Report.Write] would not have written.
func (r *readReport) check() error {
	switch {
	case r.Access == nil || r.Findings == nil || r.Gaps == nil || r.Time.IsZero():
		return errors.New("it is no whole report: it has no access, findings, gaps or time")
	case r.Complete != (len(r.Gaps) == 0):
		return errors.New("the report was changed: what it says of being complete is not what its gaps say")
	}
	return nil
}

type readAccess struct {
	Principal  string
	ID         string `json:"principal_id"`
	Name       string
	Status     access.Status
	InForce    bool `json:"in_force"`
	Permission string
	jsonPlace
	Reasons []readReason
}

type readReason struct {
	Text   string
	Role   access.Role
	Way    string
	At     jsonPlace
	AtID   string `json:"at_id"`
	Via    []string
	ViaIDs []string `json:"via_ids"`
}

// ReadJSON reads what [Report.Write] has written as JSON. It refuses other documents, those of a
// later major version, and those of an earlier one that tell no ids.
func ReadJSON(document []byte) (*evidence.Report, error) {
	sum := sha256.Sum256(document)
	read, err := decode(bytes.TrimPrefix(document, []byte(text.ByteOrderMark)))
	if err != nil {
		return nil, err
	}
	report := &evidence.Report{
		Head: read.Envelope, SHA256: hex.EncodeToString(sum[:]), Findings: read.Findings, Excepted: read.Excepted, Ignored: read.Ignored,
		Access: make([]evidence.Access, len(read.Access)),
	}
	for i, row := range read.Access {
		if report.Access[i], err = row.access(); err != nil {
			return nil, fmt.Errorf("access %d: %w", i+1, err)
		}
	}
	for _, settings := range *read.Settings {
		report.Settings = append(report.Settings, evidence.Settings{Place: settings.place(), ID: settings.ID, Values: settings.Values})
	}
	for i, account := range read.Accounts {
		reference, err := access.ParseEntry(account.Principal)
		if err != nil {
			return nil, fmt.Errorf("account %d: %w", i+1, err)
		}
		report.Accounts = append(report.Accounts, evidence.Subject{ID: account.ID, Reference: reference, Name: account.Name})
	}
	report.NotRead = evidence.NotRead{
		Accounts: read.NotRead.Accounts, Places: each(read.NotRead.Places, jsonPlace.place), Groups: read.NotRead.Groups,
	}
	return report, nil
}

func decode(document []byte) (*readReport, error) {
	if err := evidence.CheckKeys(document); err != nil {
		return nil, fmt.Errorf("it is no report as JSON, or a part of one: %w", err)
	}
	var read readReport
	if err := json.Unmarshal(document, &read); err != nil {
		return nil, fmt.Errorf("it is no report as JSON: %w", err)
	}
	ours, _, _ := strings.Cut(envelope.FormatVersion, ".")
	major, _, _ := strings.Cut(read.FormatVersion, ".")
	switch {
	case read.Kind == "":
		return nil, errors.New("it is no document of signpathctl: signpathctl review org --format json writes one")
	case read.Kind != kindOrganization:
		return nil, fmt.Errorf("it is of the kind %q, and what signpathctl review org --format json writes is of the kind %q", read.Kind, kindOrganization)
	case major != ours:
		return nil, fmt.Errorf("it has the format version %q, and this signpathctl reads version %s", read.FormatVersion, ours)
	case read.Settings == nil || read.NotRead == nil:
		return nil, errors.New("it was written by an earlier signpathctl, which told less: neither settings, nor ids of places, nor what was not read")
	}
	return &read, read.check()
}

func (p jsonPlace) place() access.Place { return access.PlaceOf(p.Project, p.SigningPolicy) }

func (row readAccess) access() (evidence.Access, error) {
	reference, err := access.ParseEntry(row.Principal)
	if err != nil {
		return evidence.Access{}, err
	}
	permission, err := vocabulary.SignPath.ParsePermission(row.Permission)
	if err != nil {
		return evidence.Access{}, err
	}
	switch {
	case row.ID == "":
		return evidence.Access{}, errors.New("it has no principal_id")
	case row.InForce != (row.Status == access.StatusActive):
		return evidence.Access{}, errors.New("the report was changed: what it says of being in force is not what the status says")
	case len(row.Reasons) == 0:
		return evidence.Access{}, errors.New("the report was changed: it has no reason")
	}
	found := evidence.Access{
		Subject: evidence.Subject{ID: row.ID, Reference: reference, Name: row.Name}, Status: row.Status, InForce: row.InForce,
		Permission: permission, Place: row.place(),
	}
	for _, reason := range row.Reasons {
		h, err := reason.holding(found)
		if err != nil {
			return evidence.Access{}, err
		}
		found.Reasons = append(found.Reasons, h)
	}
	return found, nil
}

func (r readReason) holding(of evidence.Access) (evidence.Holding, error) {
	h := evidence.Holding{Subject: of.Subject, Status: of.Status, Role: r.Role, Place: r.At.place(), PlaceID: r.AtID, Text: r.Text, Way: r.Way}
	if len(r.ViaIDs) != len(r.Via) {
		return h, errors.New("it does not tell the id of each group on a way")
	}
	for i, group := range r.Via {
		reference, err := access.ParseEntry(group)
		if err != nil {
			return h, err
		}
		h.Via = append(h.Via, evidence.Subject{ID: r.ViaIDs[i], Reference: reference})
	}
	return h, h.CheckWay()
}
