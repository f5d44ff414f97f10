package report

import (
	"encoding/json"
	"io"

	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/finding"
)

// The JSON form of a report. Lists are never null.

type jsonReport struct {
	Organization jsonOrganization   `json:"organization"`
	Day          string             `json:"day"`
	Complete     bool               `json:"complete"`
	Gaps         []string           `json:"gaps"`
	Findings     []finding.Finding  `json:"findings"`
	Excepted     []finding.Excepted `json:"excepted"`
	Access       []jsonAccess       `json:"access"`
	Counts       []Count            `json:"counts"`
}

type jsonOrganization struct {
	ID         string            `json:"id"`
	URL        string            `json:"url"`
	ReadBy     finding.Reference `json:"readBy"`
	ReaderRole string            `json:"readerRole"`
}

type jsonAccess struct {
	Principal finding.Reference `json:"principal"`
	Name      string            `json:"name,omitempty"`
	// Status is empty for an entry that fits no principal.
	Status     string `json:"status"`
	InForce    bool   `json:"inForce"`
	Permission string `json:"permission"`
	finding.Place
	Reasons []jsonReason `json:"reasons"`
}

type jsonReason struct {
	Text     string              `json:"text"`
	At       finding.Place       `json:"at"`
	Via      []finding.Reference `json:"via"`
	Source   string              `json:"source"`
	Evidence string              `json:"evidence"`
}

func (r *Report) writeJSON(w io.Writer) error {
	o := r.Organization
	document := jsonReport{
		Organization: jsonOrganization{o.ID, o.URL, finding.Reference(o.Caller.Reference()), string(o.Caller.Role)},
		Day:          r.Day, Complete: len(o.Gaps) == 0, Gaps: append([]string{}, o.Gaps...),
		Findings: each(r.Findings, finding.New),
		Excepted: each(r.Excepted, finding.NewExcepted),
		Access:   each(r.Access, r.newJSONAccess),
		Counts:   r.Counts(),
	}
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false) // A program reads it, or a person, and no browser.
	return encoder.Encode(document)
}

func (r *Report) newJSONAccess(row review.Access) jsonAccess {
	return jsonAccess{
		Principal: finding.Reference(row.Principal), Name: r.Organization.nameOf(row.Principal), Status: string(row.Status),
		InForce: row.InForce(), Permission: row.Permission.String(), Place: finding.NewPlace(row.Place),
		Reasons: each(row.Reasons, func(reason review.Reason) jsonReason {
			return jsonReason{
				Text: reason.String(), At: finding.NewPlace(reason.Place), Via: each(reason.Via, finding.NewReference),
				Source: reason.Source(), Evidence: string(reason.Evidence()),
			}
		}),
	}
}

// each makes one thing of each other, and an empty list of none.
func each[From, To any](all []From, one func(From) To) []To {
	made := make([]To, len(all))
	for i, item := range all {
		made[i] = one(item)
	}
	return made
}
