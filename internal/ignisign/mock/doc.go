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
// [Controls] has them; GET /_mock/ and `signpathctl mock ignisign --help` list them.
package mock
