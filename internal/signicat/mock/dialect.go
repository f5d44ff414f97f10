package mock

import (
	"cmp"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/mockserver"
)

// Dialect selects among the plausible readings of what is not known of Signicat, and hostile ones. The zero value is the
// default.
type Dialect struct {
	// ClientAuthentication is how a client shows its secret; by default both ways are taken.
	ClientAuthentication ClientAuthentication
	// TokenLifetime is how long a token is good for, in whole seconds; 0 is an hour.
	TokenLifetime time.Duration
	// NoAccountClaim leaves the claim account_id out of the token of an account's client.
	NoAccountClaim bool

	// ScopeNeeded is what each request has to name, in a header or in the query; by default nothing.
	ScopeNeeded ScopeNeeded
	// MissingScopeForbidden answers 403 and not 400 to a request that does not name it.
	MissingScopeForbidden bool

	// Next is what asks for the next page; by default a token.
	Next Next
	// NextAbsent leaves next out where it is otherwise null.
	NextAbsent bool
	// EmptyPages lets an empty page with a next come before each other page.
	EmptyPages bool
	// PageSize is how many items a page has at most; 0 is as many as were asked for.
	PageSize int

	// DeletedIgnored ignores the parameter deleted: each list has all accounts, deleted or not.
	DeletedIgnored bool
	// NoOrganisation has null for the organisation of each account.
	NoOrganisation bool
	// EmptyDates has empty texts for the dates of accounts.
	EmptyDates bool
	// NullBooleans has null for the booleans of accounts, but for isSoftDeleted of one that is.
	NullBooleans bool
	// UnknownProperties puts properties into answers that nobody knows.
	UnknownProperties bool

	// TargetObjects has objects in the metadata for queries, where there are otherwise texts.
	TargetObjects bool
	// QueryPath is the path of the query; "" is /audit/query.
	QueryPath string
	// EqualOperator and ContainsOperator are the names of the operators; "" is eq and contains.
	EqualOperator, ContainsOperator string
	// QueryLimited refuses a query of more than 60 days.
	QueryLimited bool
	// NoData leaves data out of events.
	NoData bool
	// NoOrganisationEvents leaves no event of what is done at the organisation.
	NoOrganisationEvents bool
	// UserIsSubject has in userId whom an act is about, where it otherwise has who acts.
	UserIsSubject bool

	// Errors is the form of errors; by default a problem document, and OAuth's form for those about tokens.
	Errors Errors

	// RemovesRowOnly lets Remove access take the roles of one scope, where it otherwise takes all of the principal.
	RemovesRowOnly bool
	// PartnersGrant lets a Partner Organisation Admin do what an Organisation Admin can; otherwise it can invite.
	PartnersGrant bool
	// OffersInvited offers who has not accepted the invitation where access is granted.
	OffersInvited bool
}

// ClientAuthentication is how a client shows its secret.
type ClientAuthentication string

// The ways in which a client shows its secret.
const (
	ClientAuthenticationAny   ClientAuthentication = ""
	ClientAuthenticationForm  ClientAuthentication = "form"
	ClientAuthenticationBasic ClientAuthentication = "basic"
)

// ScopeNeeded is what each request has to name.
type ScopeNeeded string

// What requests may have to name: in the header signicat-organizationid or signicat-accountid, or in the parameters
// signicat-organizationId or signicat-accountId of the query.
const (
	NoScopeNeeded      ScopeNeeded = ""
	OrganisationNeeded ScopeNeeded = "organisation"
	AccountNeeded      ScopeNeeded = "account"
	EitherNeeded       ScopeNeeded = "either"
)

// Next is what asks for the next page.
type Next string

// What asks for the next page.
const (
	// NextToken is an opaque text.
	NextToken Next = ""
	// NextURL is an absolute URL of the same host.
	NextURL Next = "url"
	// NextForeign is one of another host, which is hostile.
	NextForeign Next = "foreign"
	// NextEndless is a token that each page has, with empty pages behind the last one, which is hostile.
	NextEndless Next = "endless"
	// NextRepeated is the same token on each page, which is hostile.
	NextRepeated Next = "repeated"
)

// Errors is the form of errors.
type Errors string

// The forms of errors.
const (
	ErrorsProblem Errors = ""
	ErrorsMessage Errors = "message"
	ErrorsEmpty   Errors = "empty"
	ErrorsHTML    Errors = "html"
)

// Deviation is a dialect that deviates from the default in one thing.
type Deviation = mockserver.Deviation[Dialect]

// switches are sorted by name.
var switches = mockserver.Switches[Dialect]{
	mockserver.Flag("deleted-ignored", "lists ignore the parameter deleted and have all accounts", func(d *Dialect) *bool { return &d.DeletedIgnored }),
	mockserver.Flag("empty-dates", "dates of accounts are empty texts", func(d *Dialect) *bool { return &d.EmptyDates }),
	mockserver.Flag("empty-pages", "an empty page with a next comes before each other page", func(d *Dialect) *bool { return &d.EmptyPages }),
	mockserver.Choice("errors-empty", "errors have no body", ErrorsEmpty, errorForm),
	mockserver.Choice("errors-html", "errors are HTML", ErrorsHTML, errorForm),
	mockserver.Choice("errors-message", "errors are JSON with a message", ErrorsMessage, errorForm),
	mockserver.Flag("events-without-data", "events have no data", func(d *Dialect) *bool { return &d.NoData }),
	mockserver.Flag("invited-offered", "the Dashboard offers who has not accepted yet where access is granted",
		func(d *Dialect) *bool { return &d.OffersInvited }),
	mockserver.Flag("metadata-objects", "the targets in the metadata are objects", func(d *Dialect) *bool { return &d.TargetObjects }),
	mockserver.Flag("needs-403", "who does not name what is needed gets 403 and not 400", func(d *Dialect) *bool { return &d.MissingScopeForbidden }),
	mockserver.Choice("needs-account", "each request has to name the account", AccountNeeded, scopeNeeded),
	mockserver.Choice("needs-either", "each request has to name the organisation or the account", EitherNeeded, scopeNeeded),
	mockserver.Choice("needs-organisation", "each request has to name the organisation", OrganisationNeeded, scopeNeeded),
	mockserver.Flag("next-absent", "the last page has no next, and not null", func(d *Dialect) *bool { return &d.NextAbsent }),
	mockserver.Choice("next-endless", "hostile: behind the last page come empty ones without end", NextEndless, next),
	mockserver.Choice("next-foreign", "hostile: next is a URL on another host", NextForeign, next),
	mockserver.Choice("next-repeated", "hostile: next is the same on each page", NextRepeated, next),
	mockserver.Choice("next-url", "next is a URL and not a token", NextURL, next),
	mockserver.Flag("no-account-claim", "tokens do not have the claim account_id", func(d *Dialect) *bool { return &d.NoAccountClaim }),
	mockserver.Flag("no-organisation", "the organisation of each account is null", func(d *Dialect) *bool { return &d.NoOrganisation }),
	mockserver.Flag("no-organisation-events", "what is done at the organisation leaves no event", func(d *Dialect) *bool { return &d.NoOrganisationEvents }),
	mockserver.Flag("null-booleans", "booleans of accounts are null", func(d *Dialect) *bool { return &d.NullBooleans }),
	mockserver.Value("operator-contains", "LIKE", "the operator contains has another name", word, func(d *Dialect) *string { return &d.ContainsOperator }),
	mockserver.Value("operator-eq", "EQUALS", "the operator eq has another name", word, func(d *Dialect) *string { return &d.EqualOperator }),
	mockserver.Value("page-size", "2", "a page has that many items at most", strconv.Atoi, func(d *Dialect) *int { return &d.PageSize }),
	mockserver.Flag("partners-grant", "a Partner Organisation Admin can do in the Dashboard what an Organisation Admin can", func(d *Dialect) *bool { return &d.PartnersGrant }),
	mockserver.Flag("query-limited", "a query of more than 60 days is refused", func(d *Dialect) *bool { return &d.QueryLimited }),
	mockserver.Value("query-path", "/audit/events/query", "queries have another path", word, func(d *Dialect) *string { return &d.QueryPath }),
	mockserver.Flag("remove-row-only", "Remove access takes the roles of one scope only", func(d *Dialect) *bool { return &d.RemovesRowOnly }),
	mockserver.Choice("token-basic", "the client's secret is taken as HTTP Basic only", ClientAuthenticationBasic, clientAuthentication),
	mockserver.Choice("token-form", "the client's secret is taken in the form only", ClientAuthenticationForm, clientAuthentication),
	mockserver.Value("token-lifetime", "2s", "tokens are good for that long, in whole seconds", time.ParseDuration, func(d *Dialect) *time.Duration { return &d.TokenLifetime }),
	mockserver.Flag("unknown-properties", "answers have properties that nobody knows", func(d *Dialect) *bool { return &d.UnknownProperties }),
	mockserver.Flag("user-id-of-subject", "userId of an event is whom it is about, and not who acted", func(d *Dialect) *bool { return &d.UserIsSubject }),
}

// Deviations returns each deviation alone, sorted by name; where it needs an argument, with an example of one.
func Deviations() []Deviation { return switches.Deviations() }

// ParseDialect builds a dialect of named deviations from the default; see Deviations. Several names may be in one text,
// separated by commas. Deviations that exclude each other are an error.
func ParseDialect(names ...string) (Dialect, error) {
	dialect, err := switches.Parse(names...)
	if err != nil {
		return Dialect{}, err
	}
	return dialect, dialect.validate()
}

// String names the deviations as ParseDialect takes them, separated by commas; "" is the default dialect.
func (d Dialect) String() string { return switches.Spell(d) }

// validate refuses what cannot be served.
func (d Dialect) validate() error {
	switch {
	case d.PageSize < 0:
		return errors.New("dialect: a page has at least one item")
	case d.TokenLifetime < 0 || d.TokenLifetime%time.Second != 0:
		return errors.New("dialect: tokens are good for whole seconds")
	case d.QueryPath != "" && !strings.HasPrefix(d.QueryPath, "/"):
		return errors.New("dialect: the path of the query begins with a slash")
	case d.operators()[0] == d.operators()[1]:
		return errors.New("dialect: both operators have one name")
	}
	return nil
}

// operators are the names of those for equality and for containing a text.
func (d Dialect) operators() [2]string {
	return [2]string{cmp.Or(d.EqualOperator, "eq"), cmp.Or(d.ContainsOperator, "contains")}
}

func (d Dialect) queryPath() string { return cmp.Or(d.QueryPath, "/audit/query") }

func (d Dialect) tokenLifetime() time.Duration { return cmp.Or(d.TokenLifetime, time.Hour) }

func clientAuthentication(d *Dialect) *ClientAuthentication { return &d.ClientAuthentication }

func errorForm(d *Dialect) *Errors { return &d.Errors }

func next(d *Dialect) *Next { return &d.Next }

func scopeNeeded(d *Dialect) *ScopeNeeded { return &d.ScopeNeeded }

// word takes any text.
func word(argument string) (string, error) { return argument, nil }
