package mock

import (
	"net/http"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/mockserver"
)

// controlEndpoints are the Console for other processes; the package documentation describes them.
func (s *Server) controlEndpoints() map[string]mockserver.Endpoint {
	console := s.Console()
	return map[string]mockserver.Endpoint{
		"GET state":   func(*http.Request) (any, error) { return s.Snapshot(), nil },
		"GET mails":   func(*http.Request) (any, error) { return s.Mails(), nil },
		"GET members": func(*http.Request) (any, error) { return s.Members(), nil },

		"POST accept":     mockserver.Act(func(p person) error { return console.Accept(p.Email) }),
		"POST decline":    mockserver.Act(func(p person) error { return console.Decline(p.Email) }),
		"POST cancel":     mockserver.Act(func(p person) error { return console.Cancel(p.Email) }),
		"POST forget":     mockserver.Act(func(p person) error { return console.Forget(p.Email) }),
		"POST invite":     answerID(func(p person) (string, error) { return console.Invite(p.Email, p.Roles) }),
		"POST invitation": mockserver.Act(func(p person) error { return console.ChangeInvitation(p.Email, p.Roles) }),

		"POST add-member":    answerID(func(p person) (string, error) { return console.AddMember(p.Email, p.Roles) }),
		"POST change-member": mockserver.Act(func(p person) error { return console.ChangeMember(p.Email, p.Roles) }),
		"POST remove-member": mockserver.Act(func(p person) error { return console.RemoveMember(p.Email) }),
		"POST membership-event": mockserver.Act(func(u user) error {
			console.EmitMembershipEvent(u.UserID)
			return nil
		}),

		"POST make-key":   s.controlMakeKey,
		"POST revoke-key": mockserver.Act(func(k named) error { return console.RevokeKey(k.Name) }),

		"POST add-sso":     answerID(console.AddSSO),
		"POST change-sso":  mockserver.Act(func(c ssoChange) error { return console.ChangeSSO(c.Name, c.apply) }),
		"POST archive-sso": mockserver.Act(func(c named) error { return console.ArchiveSSO(c.Name) }),

		"POST status":         mockserver.Act(func(n named) error { return console.SetStatus(n.Name) }),
		"POST api-version":    mockserver.Act(func(n named) error { return console.SetAPIVersion(n.Name) }),
		"POST add-webhook":    answerID(console.AddWebhook),
		"POST remove-webhook": mockserver.Act(func(n named) error { return console.RemoveWebhook(n.Name) }),
	}
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

// answerID makes an endpoint of an act that makes something.
func answerID[T any](act func(T) (string, error)) mockserver.Endpoint {
	return func(r *http.Request) (any, error) {
		var input T
		if err := mockserver.ReadControl(r, &input); err != nil {
			return nil, err
		}
		id, err := act(input)
		return object{"id": id}, err
	}
}

func (s *Server) controlMakeKey(r *http.Request) (any, error) {
	var input struct {
		Environment string `json:"environment"`
		Name        string `json:"name"`
	}
	if err := mockserver.ReadControl(r, &input); err != nil {
		return nil, err
	}
	id, secret, err := s.Console().MakeKey(input.Environment, input.Name)
	return object{"id": id, "secret": secret}, err
}
