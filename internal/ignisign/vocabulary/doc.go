// Package vocabulary is what IgniSign publishes of its roles and rights: 13 roles, 25
// permissions, and which role has which of them where, each with its evidence and source.
//
// The shape: an organization has applications, and an application has exactly three
// environments. A [Role] is held at one object of its [Scope] and holds at everything inside
// it. A [Permission] is one or more rights to a [Function], which has a scope as well. The
// policy of a role lists permissions; reading goes with managing, so a role has more of them
// than its policy lists.
//
// The evidence: nobody has asked a server of IgniSign. Titles, descriptions and the number of
// roles that have each permission are documented, on the page "Users, Roles, and Rights".
// Constants, scopes and the cells of the matrix are observed in the vendor's published data
// models. Where a role holds, and which reading goes without saying, are inferred; the numbers
// of the page confirm the latter. Whether the server enforces all this is unknown.
//
// Roles of invitations and the old roles of organizations are other vocabularies, of types of
// their own ([InvitationRole], [OldOrganizationRole]). How they relate to the roles here is not
// published, so nothing here translates them.
package vocabulary
