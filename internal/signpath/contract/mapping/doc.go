// Package mapping is the format of the file that says in what a SignPath server
// differs from the contract that is assumed: where its answers have what, what its
// requests take, and by which routes. It is data and the rules of its form; what a
// mapping means on the wire is package contract's.
//
// The format is closed: paths, literals and one route for each thing, no expressions
// and no loops. What it cannot say is refused where the file is read, with the line.
package mapping

import "encoding/json"

// A File is one mapping. What it does not state is as assumed, so that the zero value
// is the built-in mapping.
type File struct {
	// Document is the hash of the server's OpenAPI document that the file was made from,
	// "sha256:" and 64 hexadecimal digits; empty if the file does not say.
	Document string
	// Roles are what the server writes for a global role, by the role's name. A role that
	// is not there is written by its own name.
	Roles map[string]json.RawMessage
	// Members says how lists name members.
	Members MembersBothWays
	// Things are those of which the file says something.
	Things map[Thing]*ThingMapping
	// Marks are what nobody has confirmed or filled in yet, in the order of lines.
	Marks []Mark
}

// MembersBothWays are the forms of members in answers and in requests; nil if the file
// does not say. Requests have the form of answers then.
type MembersBothWays struct{ Answer, Request *Members }

// A Mark is a line of the file that a person has to look at: a proposal that was made
// by likeness, which is marked with "# ?", or a value that is left open as TODO.
type Mark struct {
	Line int
	// Path says where the line is in the file: "user.answer.role".
	Path string
	// Text is what the comment of the line says: why it was proposed, or what is asked.
	Text string
	// Open is true for a TODO, and false for a proposal.
	Open bool
}

// A ThingMapping says how a server differs in what it has of one thing.
type ThingMapping struct {
	List     *List
	Read, Me *Call
	// Answer has the places of concepts in the answers about the thing, by concept.
	Answer map[string]Place

	Create, Edit, Activate, Deactivate, Reinvite, RegenerateToken, ChangeMembers, ModifyMembers *Call
	// Set are routes of their own, by the one concept that each changes.
	Set map[string]*Call
}

// A Call is one request.
type Call struct {
	// None is true if the server has no such route.
	None bool
	// Method and Path are those of the route, below the organization; both are empty if the
	// file does not state a route.
	Method, Path string
	// Body is what the request says; nil if the file does not say.
	Body *Body
	// Kept are concepts, or paths of the answer, that an edit need not send, because the
	// server keeps them.
	Kept []string
	// ID is where the answer of a create has the id of the new object, and Token where the
	// answer to a new token has it.
	ID, Token Path
	// Line is where the call begins in the file.
	Line int
}

// A List is the request that reads many objects.
type List struct {
	Method, Path string
	// Items is where the answer has the list.
	Items Path
	// Page is how further pages are asked for; nil if the file does not say.
	Page *Paging
	Line int
}

// A Paging says how the pages of a list are asked for: by one of Number, Skip, Token and
// Link, or not at all, because the list is Whole.
type Paging struct {
	// Number is the query parameter that takes the number of a page, and First the number of
	// the first one: 0 or 1.
	Number string
	First  int
	// Skip is the query parameter that takes how many entries to leave out.
	Skip string
	// Token is the query parameter that takes what the answer has at Next.
	Token string
	Next  Path
	// Link is where the answer has the address of the next page; [LinkHeader] is the header
	// of RFC 8288.
	Link Path
	// Size is the query parameter that takes how many entries a page is to have, and Entries
	// what is asked for; empty and 0 if nothing is.
	Size    string
	Entries int
	// Total is where the answer says how many entries the whole list has.
	Total Path
	// Whole is true if somebody has made sure that the list never comes in pages.
	Whole bool
}

// LinkHeader is the path of [Paging.Link] that stands for the header Link.
const LinkHeader = "Link"

// A Place is where an answer has a concept, and in which form.
type Place struct {
	Path Path
	Form Form
	Line int
}

// A Form is how a value is written. What is empty is as assumed.
type Form struct {
	// Values are what is written for roles, by their names; they go before [File.Roles].
	Values map[string]json.RawMessage
	// WhenTrue and WhenFalse are what a state can be written as. The first one is what
	// requests write.
	WhenTrue, WhenFalse []json.RawMessage
	// NullIsEmpty is true if null is the empty text, the empty list, false or 0.
	NullIsEmpty bool
	// Members goes before [File.Members].
	Members *Members
	// Slug and Name are where an entry of a list of signing policies has its slug and name.
	Slug, Name Path
}

// IsZero tells whether the form says nothing.
func (f Form) IsZero() bool {
	return f.Values == nil && f.WhenTrue == nil && f.WhenFalse == nil && !f.NullIsEmpty && f.Members == nil && f.Slug == nil && f.Name == nil
}

// A MembersForm is how a list names its members.
type MembersForm string

// The forms of members.
const (
	// FormIDs is an array of ids: what is assumed.
	FormIDs MembersForm = "ids"
	// FormObjects is an array of objects, each with an id, and perhaps with its kind.
	FormObjects MembersForm = "objects"
	// FormPerKind is an object with an array for each kind of principal.
	FormPerKind MembersForm = "per_kind"
	// FormSlugs is an array of the slugs of principals.
	FormSlugs MembersForm = "slugs"
)

// Members is how a list names its members.
type Members struct {
	Form MembersForm
	// ID and Kind are where an object has them; Kind is nil if it has none. ID is "id" unless
	// the file says otherwise.
	ID, Kind Path
	// Kinds are what is written for the kinds of principals, by [User], [CIUser] and [Group].
	Kinds map[Thing]json.RawMessage
	// PerKind are the names of the arrays of the kinds. A kind that is not there has no place
	// on the list.
	PerKind map[Thing]string
	// Each is the form of the arrays per kind; nil is [FormIDs].
	Each *Members
}

// A Body is what a request says: one value alone, or fields.
type Body struct {
	Whole  *Source
	Fields []Field
}

// Sources returns all sources of the body.
func (b *Body) Sources() []Source {
	if b == nil {
		return nil
	}
	var sources []Source
	if b.Whole != nil {
		sources = append(sources, *b.Whole)
	}
	for _, field := range b.Fields {
		sources = append(sources, field.Source)
	}
	return sources
}

// A Field is one value of a body.
type Field struct {
	Path   Path
	Source Source
	Line   int
}

// A Source is where a value of a request comes from: one of Concept, Carried and Literal.
// All are empty if the file leaves it open.
type Source struct {
	// Concept is what Terraform wants, or else what is there.
	Concept string
	// Carried is the place in the answer from which the value is sent back as it came.
	Carried Path
	// Literal is a value that is always sent.
	Literal json.RawMessage
	// Form is how a concept is written; the zero value is the form in which answers have it.
	Form Form
}
