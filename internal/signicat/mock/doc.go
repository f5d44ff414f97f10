// Package mock is a stateful Signicat organisation behind net/http, for tests and demonstrations.
//
// It is a reading of what is known of Signicat's APIs of its own: of this module it imports nothing but package mockserver,
// which knows no vendor, so that a test of the client against it compares two independent readings. What Signicat documents
// is enforced as documented: defaults and limits of pages, the period of a query, newest first, cursors only as given. What
// nobody knows is a [Dialect]; [Deviations] lists the plausible alternatives, and hostile ones.
//
// # The API
//
// The paths are those of https://api.signicat.com: a token by client credentials at /auth/open/connect/token, accounts
// below /account-management, audit events below /audit. It shows nothing of users, invitations, roles and grants but the
// events that acts leave: no such API is documented.
//
// # The Dashboard
//
// [Dashboard] acts as a person does in Signicat's web application, by its pages: roles on the organisation hold in each of
// its accounts, who is a user has to accept new roles, and roles hold after the user has logged in again. Each act leaves an
// audit event, whose serviceName and eventType are the mock's own, because which ones Signicat has is unknown.
//
// Principals are "user:E-MAIL", "api_client:ID" or "domain:NAME", and scopes are "organisation" or the id of an account.
//
// # Control endpoints
//
// [Controls] has them; GET /_mock/ and `signpathctl mock signicat --help` list them.
package mock
