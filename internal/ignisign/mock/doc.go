// Package mock is a stateful application at IgniSign behind net/http, for tests and demonstrations.
//
// It is a reading of what is known of IgniSign's API of its own: it imports nothing of this module but the HTTP part of
// mock servers, so that a test of the client against it compares two independent readings. Nobody has called a server of
// IgniSign. What is documented is enforced as documented: addresses, roles by environment, statuses, keys, and the form of
// errors. What is not is a [Dialect], one switch for each unknown; [Deviations] lists them. Its default is the most
// plausible reading, and no fact.
//
// # The API
//
// It is served below /v3 and /v4:
//
//	POST   /auth/app-api                                              an old key becomes a token
//	GET    /applications/{appId}/context
//	GET    /applications/{appId}/users-invitations
//	POST   /applications/{appId}/users-invitations                    sends a mail
//	PUT    /applications/{appId}/users-invitations/{invitationId}
//	DELETE /applications/{appId}/users-invitations/{invitationId}
//	POST   /applications/{appId}/users-invitations/{invitationId}/resend    sends a mail
//	GET    /applications/{appId}/envs/{appEnv}/webhooks
//	GET    /webhooks/{webhookId}/events?filter=ALL&page=1
//	GET    /webhooks/{webhookId}/events/{eventId}
//
// Members are shown by no route. What changes them leaves an event MEMBERSHIP_UPDATED on the webhooks of PRODUCTION.
//
// # Control endpoints
//
// A test in the same process uses [Console]. Other processes use the endpoints below /_mock/, which need no key. Those of
// every mock server (requests, stats, faults, latency) are described in package mockserver; these are IgniSign's:
//
//	GET  /_mock/state            what is there in the form of a seed, without secrets
//	GET  /_mock/mails            the mails that were sent
//	GET  /_mock/members          the members, whom the API does not show
//	POST /_mock/accept           {"email":"dev.lead@example.com"} accepts the pending invitation
//	POST /_mock/decline          the same: declines it
//	POST /_mock/cancel           the same: cancels it
//	POST /_mock/forget           the same: takes all invitations of the address out of the list
//	POST /_mock/invite           {"email":"dev.lead@example.com","roles":{"STAGING":["USER"]}}; answers {"id":"…"}
//	POST /_mock/invitation       the same: changes the roles of the pending invitation
//	POST /_mock/add-member       the same: adds a member; answers {"id":"…"} of the user
//	POST /_mock/change-member    the same: changes the roles of a member
//	POST /_mock/remove-member    {"email":"dev.lead@example.com"}
//	POST /_mock/membership-event {"userId":"66bf00000000000000000099"}, without any change
//	POST /_mock/make-key         {"environment":"STAGING","name":"pipeline"}; answers {"id":"…","secret":"…"}
//	POST /_mock/revoke-key       {"name":"pipeline"}, or its id
//	POST /_mock/add-sso          as in a seed; answers {"id":"…"}
//	POST /_mock/change-sso       {"name":"company login","serverUrl":"https://login.example.com"}
//	POST /_mock/archive-sso      {"name":"company login"}
//	POST /_mock/status           {"name":"BLOCKED"} of the application
//	POST /_mock/api-version      {"name":"V3"} of the application
//	POST /_mock/add-webhook      as in a seed; answers {"id":"…"}
//	POST /_mock/remove-webhook   {"name":"https://hooks.example.com/ignisign"}, or its id
package mock
