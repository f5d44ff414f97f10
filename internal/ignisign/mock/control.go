package mock

import (
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/mockserver"
)

// Controls are the control endpoints that are IgniSign's: what a person does in the Console, for other processes. A test in the
// same process uses [Console].
var Controls = mockserver.Controls[*Server]{
	mockserver.Show("state", "what is there in the form of a seed, without secrets", (*Server).Snapshot),
	mockserver.Show("mails", "the mails that were sent", (*Server).Mails),
	mockserver.Show("members", "the members, whom the API does not show", (*Server).Members),

	mockserver.Do(`accept {"email":"dev.lead@example.com"}`, "accepts the pending invitation of the address",
		func(s *Server, p person) error { return s.Console().Accept(p.Email) }),
	mockserver.Do(`decline {"email":"dev.lead@example.com"}`, "declines it",
		func(s *Server, p person) error { return s.Console().Decline(p.Email) }),
	mockserver.Do(`cancel {"email":"dev.lead@example.com"}`, "cancels it",
		func(s *Server, p person) error { return s.Console().Cancel(p.Email) }),
	mockserver.Do(`forget {"email":"dev.lead@example.com"}`, "takes all invitations of the address out of the list",
		func(s *Server, p person) error { return s.Console().Forget(p.Email) }),
	makes(`invite {"email":"qa.lead@example.com","roles":{"STAGING":["USER"]}}`, "invites",
		func(c *Console, p person) (string, error) { return c.Invite(p.Email, p.Roles) }),
	mockserver.Do(`invitation {"email":"dev.lead@example.com","roles":{"STAGING":["USER"]}}`, "changes the roles of the pending invitation",
		func(s *Server, p person) error { return s.Console().ChangeInvitation(p.Email, p.Roles) }),

	makes(`add-member {"email":"qa.lead@example.com","roles":{"STAGING":["USER"]}}`, "adds a member",
		func(c *Console, p person) (string, error) { return c.AddMember(p.Email, p.Roles) }),
	mockserver.Do(`change-member {"email":"app.admin@example.com","roles":{"STAGING":["USER"]}}`, "changes the roles of a member",
		func(s *Server, p person) error { return s.Console().ChangeMember(p.Email, p.Roles) }),
	mockserver.Do(`remove-member {"email":"app.admin@example.com"}`, "takes all access from a member",
		func(s *Server, p person) error { return s.Console().RemoveMember(p.Email) }),
	mockserver.Do(`membership-event {"userId":"66bf00000000000000000099"}`, "tells the webhooks of a change that there was not",
		func(s *Server, u user) error { s.Console().EmitMembershipEvent(u.UserID); return nil }),

	mockserver.Make(`make-key {"environment":"STAGING","name":"pipeline"}`, `makes an API key: {"id":"…","secret":"…"}`, (*Server).controlMakeKey),
	mockserver.Do(`revoke-key {"name":"old pipeline"}`, "revokes a key, by its name or id",
		func(s *Server, k named) error { return s.Console().RevokeKey(k.Name) }),

	makes(`add-sso {"name":"new login","environment":"STAGING","type":"OAUTH2"}`, "adds a way to sign in, as in a seed", (*Console).AddSSO),
	mockserver.Do(`change-sso {"name":"company login","serverUrl":"https://login.example.com"}`, "changes one; what is left out stays",
		func(s *Server, c ssoChange) error { return s.Console().ChangeSSO(c.Name, c.apply) }),
	mockserver.Do(`archive-sso {"name":"company login"}`, "archives one",
		func(s *Server, c named) error { return s.Console().ArchiveSSO(c.Name) }),

	mockserver.Do(`status {"name":"BLOCKED"}`, "sets the status of the application",
		func(s *Server, n named) error { return s.Console().SetStatus(n.Name) }),
	mockserver.Do(`api-version {"name":"V3"}`, "sets the version of the application",
		func(s *Server, n named) error { return s.Console().SetAPIVersion(n.Name) }),
	makes(`add-webhook {"environment":"STAGING","url":"https://hooks.example.com/staging"}`, "adds a webhook, as in a seed", (*Console).AddWebhook),
	mockserver.Do(`remove-webhook {"name":"https://hooks.example.com/ignisign"}`, "removes a webhook, by its URL or id",
		func(s *Server, n named) error { return s.Console().RemoveWebhook(n.Name) }),
}

// makes is an endpoint of an act in the Console that makes something.
func makes[T any](request, about string, act func(*Console, T) (string, error)) mockserver.Control[*Server] {
	return mockserver.Make(request, about+`: {"id":"…"}`, func(s *Server, input T) (any, error) {
		id, err := act(s.Console(), input)
		return object{"id": id}, err
	})
}

// person is a control request about somebody.
type person struct {
	Email string `json:"email"`
	Roles Roles  `json:"roles"`
}

// user is a control request about a user of the platform.
type user struct {
	UserID string `json:"userId"`
}

// named is a control request about something with a name, an id or a word.
type named struct {
	Name string `json:"name"`
}

// ssoChange is a control request that changes a configuration of single sign-on; what it leaves out stays.
type ssoChange struct {
	Name         string `json:"name"`
	Status       string `json:"status"`
	ServerURL    string `json:"serverUrl"`
	ClientID     string `json:"clientId"`
	ClientSecret string `json:"clientSecret"`
	MetadataURL  string `json:"metadataUrl"`
	EntityID     string `json:"entityId"`
	Certificate  string `json:"certificate"`
}

func (c ssoChange) apply(config *SSOConfig) {
	for field, value := range map[*string]string{
		&config.Status: c.Status, &config.ServerURL: c.ServerURL, &config.ClientID: c.ClientID, &config.ClientSecret: c.ClientSecret,
		&config.MetadataURL: c.MetadataURL, &config.EntityID: c.EntityID, &config.Certificate: c.Certificate,
	} {
		if value != "" {
			*field = value
		}
	}
}

// newKey is a control request that makes an API key.
type newKey struct {
	Environment string `json:"environment"`
	Name        string `json:"name"`
}

func (s *Server) controlMakeKey(input newKey) (any, error) {
	id, secret, err := s.Console().MakeKey(input.Environment, input.Name)
	return object{"id": id, "secret": secret}, err
}
