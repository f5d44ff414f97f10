package evidence

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
)

// A Subject is a principal as evidence names it: by the id, which stays, and by what it was
// called then.
type Subject struct {
	// ID is in lower case. Of an entry that fits nobody and has no id, it is the reference.
	ID        string
	Reference access.Reference
	// Name is the display name; empty where it says no more than the reference.
	Name string
}

// SubjectOf finds the principal in the directory.
func SubjectOf(directory *access.Directory, reference access.Reference) Subject {
	s := Subject{Reference: reference}
	p, err := directory.Find(reference)
	switch id, isID := reference.ID(); {
	case err == nil:
		s.ID = strings.ToLower(p.ID)
		if !strings.EqualFold(p.Name, reference.Key) {
			s.Name = p.Name
		}
	case isID:
		s.ID = id
	case access.IsID(reference.Key):
		s.ID = strings.ToLower(reference.Key)
	default:
		s.ID = reference.Folded().String()
	}
	return s
}

// A Holding is one way by which somebody has access, and what a person confirms or takes back:
// a role in the organization, or an entry of a list, one's own or that of a group.
type Holding struct {
	Subject
	// Status is that of the account; empty for an entry that fits nobody.
	Status access.Status
	// Role is the key of the role or list, or how the server says a role that nobody knows.
	Role  access.Role
	Place access.Place
	// PlaceID is the id of the place, which stays when it is renamed; empty for the organization, and
	// where the server tells none.
	PlaceID string
	// Via are the groups from the list to the principal, the one on the list first.
	Via []Subject
	// Text is what [review.Reason.String] says.
	Text string
	// Way is the fingerprint of all of this but names, slugs and status.
	Way string
}

// wayVersion begins every fingerprint of a way: what goes into it is that of this version.
const wayVersion = "w1:"

// wayBytes are as many of the sum as no two ways will ever share.
const wayBytes = 16

// HoldingOf is the reason of an access in an organization that has the ids of places. The subjects
// are found by find.
func HoldingOf(row review.Access, reason review.Reason, ids map[access.Place]string, find func(access.Reference) Subject) Holding {
	holder := reason.Holder()
	h := Holding{
		Subject: find(row.Principal), Status: row.Status, Role: holder.Stated(),
		Place: reason.Place, PlaceID: strings.ToLower(ids[reason.Place]), Text: reason.String(),
	}
	if h.Role == "" {
		h.Role = holder.Role()
	}
	for _, group := range reason.Via {
		h.Via = append(h.Via, find(group))
	}
	h.Way = h.fingerprint()
	return h
}

// fingerprint is the same for the same way, whatever its principals are called.
func (h Holding) fingerprint() string {
	at := h.Place.Slugs()
	if h.PlaceID != "" {
		at = []string{h.PlaceID}
	}
	parts := append([]string{h.ID, string(h.Role), "at"}, at...)
	parts = append(parts, "via")
	for _, group := range h.Via {
		parts = append(parts, group.ID)
	}
	for i, part := range parts {
		parts[i] = strconv.Quote(part)
	}
	sum := sha256.Sum256([]byte(strings.Join(parts, " ")))
	return wayVersion + hex.EncodeToString(sum[:wayBytes])
}

// Groups spells the groups on the way: "group:Team > group:Inner"; empty for an entry of one's
// own.
func (h Holding) Groups() string {
	groups := make([]access.Reference, len(h.Via))
	for i, group := range h.Via {
		groups[i] = group.Reference
	}
	return access.SpellPath(groups)
}

// Holdings are the ways of some accesses, each once, ordered by place, role, principal and way.
func Holdings(rows []Access) []Holding {
	var all []Holding
	seen := map[string]bool{}
	for _, row := range rows {
		for _, h := range row.Reasons {
			if !seen[h.Way] {
				seen[h.Way] = true
				all = append(all, h)
			}
		}
	}
	slices.SortFunc(all, compareHoldings)
	return all
}

func compareHoldings(a, b Holding) int {
	for _, order := range []int{
		a.Place.Compare(b.Place), strings.Compare(string(a.Role), string(b.Role)), a.Reference.Compare(b.Reference),
		strings.Compare(a.Groups(), b.Groups()),
	} {
		if order != 0 {
			return order
		}
	}
	return strings.Compare(a.Way, b.Way)
}

// CheckWay refuses a way that is not the fingerprint of what it is said to be.
func (h Holding) CheckWay() error {
	if h.fingerprint() != h.Way {
		return fmt.Errorf("%q is not the fingerprint of %s, %s: the report was changed", h.Way, h.Reference, h.Text)
	}
	return nil
}
