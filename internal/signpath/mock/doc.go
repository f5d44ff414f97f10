// Package mock is a stateful SignPath organization behind net/http, for tests and demonstrations.
//
// It is a reading of SignPath's API contract of its own: of this module it imports nothing but package mockserver, which
// knows no vendor, so that a test of the provider against it compares two independent readings. What SignPath documents is
// enforced as documented. What it does not document (many JSON names, the meaning of an omitted property in an Edit) is an
// assumption; the names are in wire.go, each with its evidence, and the plausible alternatives are a [Dialect].
// [SingleDialects] lists them, and [RandomDialect] mixes them, for tests that a client must pass in all. [HostileDialects]
// are the servers that keep what is documented, too, but leave a client nothing but to refuse unless it goes by their
// document; [RandomServer] draws from all, for tests that a client is right, or has written nothing.
//
// # Mapping files
//
// [WithMapping] takes a mapping file, in which a client is told what is different of a server: names, forms and routes. The
// server then differs in that, and publishes the OpenAPI document that such a server would. The decoder is the mock's own. A
// front stands between the wire and the handlers, which know the default dialect alone; what a dialect says of names, forms
// and routes is a part of a mapping file, too ([Dialect.Mapping]). Beyond what a file says, the mock makes choices:
//
//   - What no concept is of stays under its own name. In the log of events, changed properties are called as in the default dialect.
//   - A request in a form that the file does not have is refused, and a name that it does not have is ignored: an edit without
//     a setting resets it, unless the file says that it is kept.
//   - At a path that a body carries from an answer (<path) and that nothing else is at, answers have a value that an edit has to
//     send back. Where "=active" is in an edit, it activates and deactivates; any other state there has to be sent as it is.
//   - Of several values for false, answers have the one in the middle: a state that only people bring about.
//   - A kind that has no place in a list per kind is not shown in it.
//   - Slugs of users and groups are made of the e-mail address or the name, once.
//   - A page has as many entries as the file asks for, or those of [Paging].
//   - The audit log is below /v1 where the file has a route of it.
//
// [Servers] are whole servers of that kind, in the folder servers.
//
// # The API
//
// The API is served below /Api/v1/{organization}. Fixed path segments are matched without case, slugs exactly, ids
// without case. Each entity's file has its routes; rights.go has who may call them.
//
// # The OpenAPI document
//
// GET /Api/swagger/v1/swagger.json answers the OpenAPI 3.0.1 document of the API in the dialect, as Swashbuckle would
// write it. It needs no token. Its routes are those that the server routes by, and its properties are found by letting
// the server read an empty request and render an empty object, so it can't say anything else than the server does;
// unless [WithDocument] or [WithRawDocument] make it. It is no part of the API: counts, faults and route patterns leave
// it out unless they name it.
//
// # Faults
//
// A [Fault] makes requests go wrong:
//
//	any status, headers and body            FaultAnswer, FaultAnswerAfterActing; BodyBytes for a body of 10 MB
//	the HTML of a proxy, wrong JSON         the same, or FaultMalformedBody with a Body, which keeps the status
//	truncated JSON                          FaultMalformedBody
//	a delay, also of a list                 FaultDelay
//	no answer, before or after acting       FaultCutBeforeActing, FaultCutAfterActing
//	a cut in the middle of the body         FaultCutBody
//	a list that lags behind                 FaultStaleList; for all lists Dialect.ListLag
//	a single object that lags behind        Dialect.ReadLag
//	a property lost or kept in an edit      FaultDropProperties, FaultKeepProperties
//	a property missing in an answer         FaultHideProperties
//	another administrator in between        FaultNone with Before
//
// An answer that a fault changed or replaced has the header "Mock-Fault" with the action.
//
// # Control endpoints
//
// [Controls] has them; GET /_mock/ and `signpathctl mock --help` list them.
package mock
