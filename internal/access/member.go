package access

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"golang.org/x/text/unicode/norm"
)

// Kind is the kind of a principal, as it is spelled before the colon of a
// member reference.
type Kind string

const (
	// KindUser is an interactive user: a person with an account.
	KindUser Kind = "user"
	// KindCIUser is a CI user: an account for build automation.
	KindCIUser Kind = "ci_user"
	// KindGroup is a user group, manual or synchronized from a directory.
	KindGroup Kind = "group"
	// KindAPIClient is an account for programs that call an API.
	KindAPIClient Kind = "api_client"
	// KindDomain is a domain to which a vendor lets a role be granted.
	KindDomain Kind = "domain"
	// KindUnknown marks an entry of an access list that no directory of the
	// organization holds. It is never valid in a configuration.
	KindUnknown Kind = "unknown"
)

// Kinds returns the kinds a configuration can name where a vocabulary does not say otherwise, in the order in which
// messages list them.
func Kinds() []Kind { return []Kind{KindUser, KindCIUser, KindGroup} }

// Noun names the kind in a sentence, without an article.
func (k Kind) Noun() string {
	switch k {
	case KindUser:
		return "interactive user"
	case KindCIUser:
		return "CI user"
	case KindGroup:
		return "user group"
	case KindAPIClient:
		return "API client"
	case KindDomain:
		return "domain"
	default:
		return "principal"
	}
}

// A Reference names one principal: its kind and either its natural key (the
// e-mail of an interactive user, the name of a CI user or a group) or its id,
// a UUID.
//
// References compare by [Reference.Same], not by ==, because e-mails and UUIDs
// are compared without case.
type Reference struct {
	Kind Kind
	Key  string
}

// ReferenceForms describes the valid spellings, for messages.
const ReferenceForms = `"user:EMAIL", "ci_user:NAME" or "group:NAME", or a kind with a UUID in place of the e-mail or name`

const emptyUUID = "00000000-0000-0000-0000-000000000000"

// IsID tells whether text is a usable object id: a UUID other than the empty
// one, which is nobody's.
func IsID(text string) bool {
	// Of the four forms that Validate takes, one has this length.
	return len(text) == len(emptyUUID) && text != emptyUUID && uuid.Validate(text) == nil
}

// Compare orders references by kind, then by key.
func (r Reference) Compare(other Reference) int {
	return cmp.Or(cmp.Compare(r.Kind, other.Kind), cmp.Compare(r.Key, other.Key))
}

// ParseReference reads a member reference such as "user:dev.lead@example.com".
// The error says what is wrong and which forms are valid.
func ParseReference(text string) (Reference, error) {
	kind, key, found := strings.Cut(text, ":")
	if !found {
		return Reference{}, missingKindError(text)
	}
	reference := Reference{Kind: Kind(kind), Key: key}
	switch {
	case strings.TrimSpace(key) == "":
		return Reference{}, fmt.Errorf("%q names nobody: after %q comes an e-mail, a name or a UUID", text, kind+":")
	case key != strings.TrimSpace(key):
		return Reference{}, fmt.Errorf("%q has white space around its e-mail or name; did you mean %q?", text, kind+":"+strings.TrimSpace(key))
	case strings.Contains(key, "\n"):
		return Reference{}, fmt.Errorf("%q has a line feed in its name; use the UUID instead", text)
	case key == emptyUUID:
		return Reference{}, fmt.Errorf("%q has the empty UUID, which is nobody's id", text)
	}
	switch reference.Kind {
	case KindUser:
		if !IsID(key) && !IsEmail(key) {
			return Reference{}, fmt.Errorf("%q: an interactive user is named by the e-mail of the account or by a UUID, and %q is neither", text, key)
		}
	case KindCIUser, KindGroup:
	case KindUnknown:
		return Reference{}, fmt.Errorf("%q stands for an entry that this provider could read but not identify; it can be removed from a list, not granted", text)
	default:
		return Reference{}, fmt.Errorf("%q has the unknown kind %q; %s", text, kind, didYouMean(meantKind(kind, key), ":"+key))
	}
	return reference, nil
}

// ParseEntry reads an entry of an access list as it is shown: a member reference,
// or "unknown:UUID" for an entry that no directory of the organization holds.
func ParseEntry(text string) (Reference, error) {
	if id, found := strings.CutPrefix(text, string(KindUnknown)+":"); found && IsID(id) {
		return Reference{Kind: KindUnknown, Key: id}, nil
	}
	return ParseReference(text)
}

// didYouMean offers the reference of the kind, if there is one, and says what is valid.
func didYouMean(kind Kind, rest string) string {
	if kind == "" {
		return "valid are " + ReferenceForms
	}
	return fmt.Sprintf("did you mean %q? Valid are %s", string(kind)+rest, ReferenceForms)
}

// meantKind returns the kind that a wrong one stands for, or nothing: another word for it, or
// that of whoever has an e-mail.
func meantKind(kind, key string) Kind {
	switch meant := Meant(kind, Kinds()); {
	case IsEmail(key) && IsName(key):
		return KindUser
	case meant == KindUser && !IsID(key): // A user is named by an e-mail or a UUID, and this key is neither.
		return ""
	default:
		return meant
	}
}

// A BareIDError is for a reference that is the id of a principal, without its kind.
type BareIDError struct{ ID string }

func (e *BareIDError) Error() string {
	return fmt.Sprintf("%q is a bare UUID: refer to the attribute `member` of the resource instead of `id`, or put the kind in front, as in %q", e.ID, string(KindUser)+":"+e.ID)
}

func missingKindError(text string) error {
	switch {
	case text == "":
		return errors.New("the text is empty, and names nobody; valid are " + ReferenceForms)
	case IsID(text):
		return &BareIDError{text}
	case IsEmail(text):
		return fmt.Errorf("%q has no kind; %s", text, didYouMean(KindUser, ":"+text))
	}
	return fmt.Errorf("%q has no kind; %s", text, didYouMean("", ""))
}

// IsName tells whether text can be the name of somebody whom a configuration manages: something
// with no white space around it, which two spellings of one name could differ in unseen, and on
// one line, because names stand in messages.
func IsName(text string) bool {
	return text != "" && text == strings.TrimSpace(text) && !strings.Contains(text, "\n")
}

// IsEmail tells whether text has the outer form of an e-mail address: one @
// with something on both sides, no white space. A vendor's own validation
// may be stricter, and has the last word.
func IsEmail(text string) bool {
	local, domain, found := strings.Cut(text, "@")
	return found && local != "" && domain != "" &&
		!strings.ContainsAny(domain, "@") && !strings.ContainsAny(text, " \t\r\n")
}

// String spells the reference as a configuration does.
func (r Reference) String() string { return string(r.Kind) + ":" + r.Key }

// ID returns the id that the reference names, in lower case, if it is one.
func (r Reference) ID() (string, bool) {
	if !IsID(r.Key) {
		return "", false
	}
	return strings.ToLower(r.Key), true
}

// Same tells whether two references are spelled for the same principal.
// E-mails and UUIDs compare without case, names with it. A name and a UUID
// never compare the same here: only a directory knows that.
func (r Reference) Same(other Reference) bool { return r.Folded() == other.Folded() }

// Folded returns the reference in the form that compares with ==: e-mails, domains and
// UUIDs in lower case, names as they are, all in Unicode's composed form, to which
// Terraform brings every text.
func (r Reference) Folded() Reference {
	r.Key = norm.NFC.String(r.Key)
	if r.Kind == KindUser || r.Kind == KindDomain || IsID(r.Key) {
		r.Key = strings.ToLower(r.Key)
	}
	return r
}

// ErrNoPrincipal is wrapped by every error that says that a reference names
// nobody.
var ErrNoPrincipal = errors.New("no such principal")
