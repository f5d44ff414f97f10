package mock

import (
	"net/http"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/mockserver"
)

// order is the body of a control request that acts in the Dashboard.
type order struct {
	By        string   `json:"by"`
	User      string   `json:"user"`
	Principal string   `json:"principal"`
	Scope     string   `json:"scope"`
	ID        string   `json:"id"`
	Roles     []string `json:"roles"`
	Add       []string `json:"add"`
	Remove    []string `json:"remove"`
}

// controlEndpoints are those that are Signicat's; the package documentation describes them.
func (s *Server) controlEndpoints() map[string]mockserver.Endpoint {
	on := func(act func(*Dashboard, order) error) mockserver.Endpoint {
		return mockserver.Act(func(o order) error { return act(s.Dashboard(o.By), o) })
	}
	return map[string]mockserver.Endpoint{
		"GET state": func(*http.Request) (any, error) { return s.Snapshot(), nil },
		"GET access": func(*http.Request) (any, error) {
			return map[string]any{"grants": s.Grants(), "inForce": s.Rights()}, nil
		},
		"GET mails": func(*http.Request) (any, error) { return s.Mails(), nil },

		"POST invite":          on(func(d *Dashboard, o order) error { return d.Invite(o.User, o.Scope) }),
		"POST accept":          on(func(_ *Dashboard, o order) error { return s.Accept(o.User) }),
		"POST log-in":          on(func(_ *Dashboard, o order) error { return s.LogIn(o.User) }),
		"POST grant":           on(func(d *Dashboard, o order) error { return d.Grant(o.Principal, o.Scope, o.Roles...) }),
		"POST edit":            on(func(d *Dashboard, o order) error { return d.Edit(o.Principal, o.Scope, o.Add, o.Remove) }),
		"POST remove-access":   on(func(d *Dashboard, o order) error { return d.RemoveAccess(o.Principal, o.Scope) }),
		"POST remove-user":     on(func(d *Dashboard, o order) error { return d.RemoveUser(o.User) }),
		"POST create-account":  s.controlCreateAccount,
		"POST delete-account":  on(func(d *Dashboard, o order) error { return d.DeleteAccount(o.ID) }),
		"POST restore-account": on(func(d *Dashboard, o order) error { return d.RestoreAccount(o.ID) }),
		"POST replace-account": on(func(d *Dashboard, o order) error { return d.ReplaceAccount(o.ID) }),
		"POST event":           mockserver.Act(func(e EventSeed) error { s.AddEvent(e); return nil }),
	}
}

func (s *Server) controlCreateAccount(r *http.Request) (any, error) {
	var input struct {
		By      string      `json:"by"`
		Account AccountSeed `json:"account"`
	}
	if err := mockserver.ReadControl(r, &input); err != nil {
		return nil, err
	}
	id, err := s.Dashboard(input.By).CreateAccount(input.Account)
	return map[string]any{"id": id}, err
}
