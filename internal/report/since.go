package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/evidence"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
)

// TellSince lets the report tell of each reason since when it holds and who is behind it. The
// appliers are whose changes count as Terraform's.
func (r *Report) TellSince(origins evidence.Origins, appliers []string) {
	r.origins, r.appliers = origins, appliers
}

// sinceOf tells since when a reason holds, and by whom; empty where the report does not tell it.
func (r *Report) sinceOf(principal access.Reference, reason review.Reason) string {
	if r.origins == nil {
		return ""
	}
	return evidence.WayOf(r.origins, principal, reason).String()
}

// columns leaves out the last one where the report does not tell since when.
func (r *Report) columns(cells ...string) []string {
	if r.origins == nil {
		return cells[:len(cells)-1]
	}
	return cells
}

// looked says what was looked at to tell since when; empty where the report does not tell it.
func (r *Report) looked() string {
	if r.origins == nil {
		return ""
	}
	reach := "has no event of which it tells the time"
	if back := r.origins.Back(); !back.IsZero() {
		reach = "goes back to " + back.UTC().Format(evidence.Stamp)
	}
	found, missing := r.countOrigins()
	return fmt.Sprintf("Since when, and by whom, is told by the audit log, which %s. Of %d entries and roles it tells %d; %d were not found in it. "+
		"Times are in UTC. %s",
		reach, found+missing, found, missing, AppliersSentence(r.appliers))
}

// AppliersSentence says whose changes count as Terraform's.
func AppliersSentence(appliers []string) string {
	if len(appliers) == 0 {
		return "Nobody's changes count as Terraform's: --applied-by names who applies."
	}
	return "What " + strings.Join(appliers, ", ") + " changed counts as Terraform's."
}

// countOrigins counts the entries and roles of the report, each once.
func (r *Report) countOrigins() (found, missing int) {
	type key struct {
		seat   review.Seat
		member access.Reference
	}
	counted := map[key]bool{}
	for _, row := range r.Access {
		for _, reason := range row.Reasons {
			for _, step := range evidence.WayOf(r.origins, row.Principal, reason).Steps {
				if at := (key{step.Seat, step.Member}); counted[at] {
					continue
				} else if counted[at] = true; step.Found {
					found++
				} else {
					missing++
				}
			}
		}
	}
	return found, missing
}

// An activation is the event that let an account come into force.
type activation struct {
	principal access.Reference
	origin    evidence.Origin
}

// activations are those of the accounts of the report, in their order there.
func (r *Report) activations() []activation {
	var all []activation
	asked := map[access.Reference]bool{}
	for _, row := range r.Access {
		if r.origins == nil || asked[row.Principal] {
			continue
		}
		asked[row.Principal] = true
		if origin, is := r.origins.Activation(row.Principal); is {
			all = append(all, activation{row.Principal, origin})
		}
	}
	return all
}

func (r *Report) activationRows() [][]string {
	return each(r.activations(), func(a activation) []string { return []string{a.principal.String(), a.origin.String(r.origins.Back())} })
}

type jsonAuditLog struct {
	// Back is how far back the log goes; null where it tells no times.
	Back      *time.Time `json:"back_to"`
	Terraform []string   `json:"terraform"`
	Found     int        `json:"found"`
	NotFound  int        `json:"not_found"`
}

func (r *Report) jsonAuditLog() *jsonAuditLog {
	found, missing := r.countOrigins()
	return &jsonAuditLog{Back: timeOf(r.origins.Back()), Terraform: append([]string{}, r.appliers...), Found: found, NotFound: missing}
}

// timeOf is null for a time that is not known.
func timeOf(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

type jsonActivation struct {
	Principal reference `json:"principal"`
	Text      string    `json:"text"`
	jsonOrigin
}

func (r *Report) jsonActivations() *[]jsonActivation {
	all := each(r.activations(), func(a activation) jsonActivation {
		return jsonActivation{reference(a.principal), a.origin.String(r.origins.Back()), newJSONOrigin(a.origin)}
	})
	return &all
}

// A jsonWay is since when access is there by one reason.
type jsonWay struct {
	Text string `json:"text"`
	// Time is that of the youngest step; null where no step has one. The access is not older than that, and has that age
	// where exact is true.
	Time  *time.Time `json:"time"`
	Exact bool       `json:"exact"`
	Steps []jsonStep `json:"steps"`
}

type jsonStep struct {
	Member reference `json:"member"`
	// Role is empty for the members of a group.
	Role  string `json:"role,omitempty"`
	Group string `json:"group,omitempty"`
	jsonPlace
	jsonOrigin
}

type jsonOrigin struct {
	Found bool            `json:"found"`
	Time  *time.Time      `json:"time"`
	Actor *evidence.Actor `json:"actor"`
	Event string          `json:"event_id,omitempty"`
	Name  string          `json:"event,omitempty"`
	// CreatedWith is what was created with the entry in it.
	CreatedWith string `json:"created_with,omitempty"`
	ByName      bool   `json:"by_name,omitempty"`
	Missing     string `json:"missing,omitempty"`
}

func newJSONOrigin(o evidence.Origin) jsonOrigin {
	made := jsonOrigin{
		Found: o.Found, Time: timeOf(o.Time), Event: o.Event, Name: o.EventName, CreatedWith: o.With, ByName: o.ByName, Missing: o.Missing,
	}
	if o.Found {
		made.Actor = &o.Actor
	}
	return made
}

// jsonWay is nil where the report does not tell since when.
func (r *Report) jsonWay(principal access.Reference, reason review.Reason) *jsonWay {
	if r.origins == nil {
		return nil
	}
	way := evidence.WayOf(r.origins, principal, reason)
	return &jsonWay{Text: way.String(), Time: timeOf(way.Since), Exact: way.Whole, Steps: each(way.Steps, func(step evidence.Step) jsonStep {
		made := jsonStep{
			Member: reference(step.Member), Role: string(step.Seat.Role), jsonPlace: newJSONPlace(step.Seat.Place), jsonOrigin: newJSONOrigin(step.Origin),
		}
		if step.Seat.Group != (access.Reference{}) {
			made.Group = step.Seat.Group.String()
		}
		return made
	})}
}
