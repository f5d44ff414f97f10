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
// Besides those of package mockserver. They need no token. Every act takes an optional "by", the user who acts; without one
// it is somebody who may do everything. Bodies and answers are JSON; a refused request answers {"error": "…"}.
//
//	GET  /_mock/state            the organisation in the form of a seed, without secrets
//	GET  /_mock/access           {"grants":[…],"inForce":[…]}: the rows of the Dashboard, and what holds after inheritance
//	GET  /_mock/mails            the invitations that were sent
//	POST /_mock/invite           {"by":"user:ada@example.com","user":"user:new@example.com","scope":"organisation"}
//	POST /_mock/accept           {"user":"user:new@example.com"}
//	POST /_mock/log-in           {"user":"user:new@example.com"}
//	POST /_mock/grant            {"principal":"user:new@example.com","scope":"a-…","roles":["Usage Viewer"]}
//	POST /_mock/edit             {"principal":"…","scope":"…","add":["Usage Viewer"],"remove":["Account Admin"]}
//	POST /_mock/remove-access    {"principal":"…","scope":"…"}
//	POST /_mock/remove-user      {"user":"user:new@example.com"}
//	POST /_mock/create-account   {"account":{…}} as in a seed; answers {"id":"a-…"}
//	POST /_mock/delete-account   {"id":"a-…"}, which soft-deletes it
//	POST /_mock/restore-account  {"id":"a-…"}
//	POST /_mock/replace-account  {"id":"a-…"}, by one of the other type with that id, which no Dashboard can: for drift
//	POST /_mock/event            {"serviceName":"…","eventType":"…"} and what else an event of a seed has
package mock
