package report

import (
	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/evidence"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/envelope"
)

// The JSON form of a report. Lists are never null.

type jsonReport struct {
	envelope.Envelope
	Findings []review.FindingRecord  `json:"findings"`
	Excepted []review.ExceptedRecord `json:"excepted"`
	Ignored  []string                `json:"ignored"`
	Access   []jsonAccess            `json:"access"`
	// Attestations is nil where no file of them judged.
	Attestations *Attestations `json:"attestations"`
	// Settings are those of the places that the filters show.
	Settings []jsonSettings `json:"settings"`
	// Accounts are all that the token saw, whatever the filters show: whoever attests or decides may
	// have no access at all.
	Accounts []jsonAccount `json:"accounts"`
	NotRead  jsonNotRead   `json:"not_read"`
	Counts   []Count       `json:"counts"`
	// AuditLog and Activations are there only where the report tells since when.
	AuditLog    *jsonAuditLog     `json:"audit_log,omitempty"`
	Activations *[]jsonActivation `json:"activations,omitempty"`
	// Outside is how many findings the filters leave out.
	Outside int `json:"findings_outside_filters"`
}

type jsonAccount struct {
	Principal reference `json:"principal"`
	ID        string    `json:"principal_id"`
	Name      string    `json:"name,omitempty"`
}

// A jsonNotRead is what is behind the gaps, as far as it has a name.
type jsonNotRead struct {
	// Accounts is true where there may be more than are told.
	Accounts bool        `json:"accounts"`
	Places   []jsonPlace `json:"places"`
	Groups   []string    `json:"group_ids"`
}

type jsonAccess struct {
	Principal reference `json:"principal"`
	// ID stays when the principal is renamed.
	ID   string `json:"principal_id"`
	Name string `json:"name,omitempty"`
	// Status is empty for an entry that fits no principal.
	Status     string `json:"status"`
	InForce    bool   `json:"in_force"`
	Permission string `json:"permission"`
	jsonPlace
	Reasons []jsonReason `json:"reasons"`
}

// A jsonPlace has no slugs where it is the organization.
type jsonPlace struct {
	Project       string `json:"project,omitempty"`
	SigningPolicy string `json:"signing_policy,omitempty"`
}

type jsonReason struct {
	Text string `json:"text"`
	// Role is the key of the role or list, and Way the fingerprint of the way.
	Role     string      `json:"role"`
	Way      string      `json:"way"`
	At       jsonPlace   `json:"at"`
	AtID     string      `json:"at_id,omitempty"`
	Via      []reference `json:"via"`
	ViaIDs   []string    `json:"via_ids"`
	Source   string      `json:"source"`
	Evidence string      `json:"evidence"`
	Since    *jsonWay    `json:"since,omitempty"`
}

// A reference is spelled as a configuration spells it.
type reference access.Reference

func (r reference) MarshalText() ([]byte, error) { return []byte(access.Reference(r).String()), nil }

// Head completes the envelope.
func (r *Report) Head(head envelope.Envelope) envelope.Envelope {
	return head.Of(kindOrganization, envelope.Gaps(r.Survey.Gaps...))
}

func (r *Report) json(head envelope.Envelope) jsonReport {
	made := jsonReport{
		Envelope: r.Head(head),
		Findings: each(r.Findings, review.Finding.Record),
		Excepted: each(r.Excepted, review.ExceptedFinding.Record),
		Ignored:  r.Ignored,
		Access:   each(r.Access, r.newJSONAccess),
		Settings: r.settings(), Attestations: r.Attestations,
		Accounts: r.accounts(), NotRead: r.notRead(),
		Counts:  r.Counts(),
		Outside: r.Outside[review.Deny] + r.Outside[review.Warn],
	}
	if r.origins != nil {
		made.AuditLog, made.Activations = r.jsonAuditLog(), r.jsonActivations()
	}
	return made
}

func (r *Report) newJSONAccess(row review.Access) jsonAccess {
	who := r.subject(row.Principal)
	return jsonAccess{
		Principal: reference(row.Principal), ID: who.ID, Name: who.Name, Status: string(row.Status),
		InForce: row.InForce(), Permission: row.Permission.String(), jsonPlace: newJSONPlace(row.Place),
		Reasons: each(row.Reasons, func(reason review.Reason) jsonReason {
			h := r.holding(row, reason)
			return jsonReason{
				Text: h.Text, Role: string(h.Role), Way: h.Way, At: newJSONPlace(reason.Place), AtID: h.PlaceID, Via: each(reason.Via, newReference),
				ViaIDs: each(h.Via, func(s evidence.Subject) string { return s.ID }),
				Source: reason.Source(), Evidence: string(reason.Evidence()), Since: r.jsonWay(row.Principal, reason),
			}
		}),
	}
}

func (r *Report) subject(reference access.Reference) evidence.Subject {
	return evidence.SubjectOf(r.Survey.Directory, reference)
}

func (r *Report) holding(row review.Access, reason review.Reason) evidence.Holding {
	return evidence.HoldingOf(row, reason, r.Survey.Organization.PlaceIDs, r.subject)
}

func newReference(r access.Reference) reference { return reference(r) }

func newJSONPlace(p access.Place) jsonPlace { return jsonPlace{p.Slug(0), p.Slug(1)} }

// each makes one thing of each other, and an empty list of none.
func each[From, To any](all []From, one func(From) To) []To {
	made := make([]To, len(all))
	for i, item := range all {
		made[i] = one(item)
	}
	return made
}
