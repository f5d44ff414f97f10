package export

import (
	"strings"

	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// A spelling is how the configuration names a principal.
type spelling struct {
	// text is the member reference, as import ids and literals have it.
	text string
	// expression refers to the resource of the principal, or is the literal text.
	expression hclwrite.Tokens
	// note says why it is no reference to a resource; else it is empty.
	note string
}

// comment explains an attribute that is no reference to a resource.
func (s spelling) comment(attribute string) []string {
	if s.note == "" {
		return nil
	}
	return []string{"The " + attribute + " is no reference to a resource. " + s.note + "."}
}

// A speller knows how the configuration names everybody.
type speller struct {
	principals *access.Directory
	// names are the resource names, by id.
	names map[string]string
}

func newSpeller(principals *access.Directory) *speller {
	s := &speller{principals: principals, names: map[string]string{}}
	for _, kind := range access.Kinds() {
		var things []named
		for _, p := range principals.All(kind) {
			things = append(things, named{key: p.ID, candidates: principalNames(p), mark: p.ID})
		}
		for id, name := range uniqueNames(things) {
			s.names[id] = name
		}
	}
	return s
}

// principalNames returns resource names for the principal: for a person what
// stands before the @, and else the whole address.
func principalNames(p access.Principal) []string {
	prefix := vocabulary.ResourceNoun(p.Kind)
	if p.Kind != access.KindUser {
		return []string{identifier(p.Name, prefix)}
	}
	account, _, _ := strings.Cut(p.Email, "@")
	return []string{identifier(account, prefix), identifier(p.Email, prefix)}
}

// spell names the principal with the id, who must be known.
func (s *speller) spell(id string) spelling {
	p, _ := s.principals.Get(id)
	reference := s.principals.ReferenceTo(id)
	why := unmanageable(p)
	switch {
	case !isNormalized(reference.Key):
		// Terraform would hand the provider another spelling than SignPath has.
		reference, why = p.IDReference(), noteNotNormalized
	case why == "" && reference != p.Reference():
		why = noteAmbiguous
	case why == "":
		return spelling{text: reference.String(), expression: memberOf(vocabulary.ResourceType(p.Kind), s.names[id])}
	}
	note := string(why)
	if reference != p.Reference() {
		note = quote(p.Reference().String()) + ": " + note
	}
	return spelling{text: reference.String(), expression: literal(reference.String()), note: note}
}

// Why a principal is managed, and yet not named by its resource.
const (
	noteAmbiguous     reason = "the name fits several, or cannot stand in a reference"
	noteNotNormalized reason = "Terraform would spell the name with other Unicode characters"
)

// isWhole tells whether a list with the members can be written as a whole, so
// that the plan shows no change. The provider cannot name an entry of nobody
// known, nor find one whose name Terraform changes.
func (s *speller) isWhole(members []string) bool {
	for _, id := range members {
		reference := s.principals.ReferenceTo(id)
		if reference.Kind == access.KindUnknown || !isNormalized(reference.Key) {
			return false
		}
	}
	return true
}

// isNormalized tells whether a text is the same for Terraform, which brings all
// text into Unicode's form NFC.
func isNormalized(text string) bool { return cty.NormalizeString(text) == text }

// A reason says why something is not written, or not as usual.
type reason string

// Why something is not managed by the configuration.
const (
	reasonName    reason = "the provider takes no name that is empty, or has a line feed in it or white space around it"
	reasonEmail   reason = "the provider takes no such e-mail address"
	reasonRole    reason = "the provider knows no such role, which may be an administrator's"
	reasonSlug    reason = "the provider takes no such slug, or Terraform would change its Unicode form"
	reasonUnknown reason = "on a list, but no user or group of the organization"
	reasonEmpty   reason = "empty"
)

// unmanageable returns why the provider refuses to manage the principal; "" if it
// does not.
func unmanageable(p access.Principal) reason {
	switch other := vocabulary.ManagedBy(p); {
	case other != "":
		return reason(other)
	case !access.IsName(p.Name):
		return reasonName
	case p.Kind == access.KindUser && !access.IsEmail(p.Email):
		return reasonEmail
	}
	return ""
}
