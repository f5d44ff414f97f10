package mock

import (
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/mockserver"
)

// Controls are the control endpoints that are Signicat's: what a person does in the Dashboard, for other processes. A test in the
// same process uses [Dashboard]. Every act takes an optional "by", the user who acts; without one it is somebody who may do
// everything.
var Controls = mockserver.Controls[*Server]{
	mockserver.Show("state", "the organisation in the form of a seed, without secrets", (*Server).Snapshot),
	mockserver.Show("access", `the rows of the Dashboard, and what holds after inheritance: {"grants":[…],"inForce":[…]}`,
		func(s *Server) any { return map[string]any{"grants": s.Grants(), "inForce": s.Rights()} }),
	mockserver.Show("mails", "the invitations that were sent", (*Server).Mails),

	acts(`invite {"by":"user:ada@example.com","user":"user:guest@example.com","scope":"organisation"}`, "invites a user",
		func(d *Dashboard, o order) error { return d.Invite(o.User, o.Scope) }),
	acts(`accept {"user":"user:new@example.com"}`, "the user accepts what is waiting",
		func(d *Dashboard, o order) error { return d.server.Accept(o.User) }),
	acts(`log-in {"user":"user:ben@example.com"}`, "the user logs in again, and accepted roles hold",
		func(d *Dashboard, o order) error { return d.server.LogIn(o.User) }),
	acts(`grant {"principal":"user:ben@example.com","scope":"a-ppge-AAAAAAAAAAAAAAAAAAAA","roles":["DEM Viewer"]}`, "gives roles in a scope",
		func(d *Dashboard, o order) error { return d.Grant(o.Principal, o.Scope, o.Roles...) }),
	acts(`edit {"principal":"user:ben@example.com","scope":"a-spge-CCCCCCCCCCCCCCCCCCCC","add":["DEM Viewer"],"remove":["Account Admin"]}`,
		"changes the roles in a scope", func(d *Dashboard, o order) error { return d.Edit(o.Principal, o.Scope, o.Add, o.Remove) }),
	acts(`remove-access {"principal":"user:ben@example.com","scope":"a-spge-CCCCCCCCCCCCCCCCCCCC"}`, "takes all roles in a scope",
		func(d *Dashboard, o order) error { return d.RemoveAccess(o.Principal, o.Scope) }),
	acts(`remove-user {"user":"user:ben@example.com"}`, "removes a user", func(d *Dashboard, o order) error { return d.RemoveUser(o.User) }),
	mockserver.Make(`create-account {"account":{"name":"Shop 2"}}`, `creates an account, as in a seed: {"id":"a-…"}`, (*Server).controlCreateAccount),
	acts(`delete-account {"id":"a-spge-CCCCCCCCCCCCCCCCCCCC"}`, "soft-deletes an account",
		func(d *Dashboard, o order) error { return d.DeleteAccount(o.ID) }),
	acts(`restore-account {"id":"a-spge-DDDDDDDDDDDDDDDDDDDD"}`, "restores one that was soft-deleted",
		func(d *Dashboard, o order) error { return d.RestoreAccount(o.ID) }),
	acts(`replace-account {"id":"a-spge-CCCCCCCCCCCCCCCCCCCC"}`, "puts one of the other type in its place, which no Dashboard can: for drift",
		func(d *Dashboard, o order) error { return d.ReplaceAccount(o.ID) }),
	mockserver.Do(`event {"serviceName":"login","eventType":"login.failed"}`, "adds an audit event, as in a seed",
		func(s *Server, e EventSeed) error { s.AddEvent(e); return nil }),
}

// acts is an endpoint of an act in the Dashboard.
func acts(request, about string, act func(*Dashboard, order) error) mockserver.Control[*Server] {
	return mockserver.Do(request, about, func(s *Server, o order) error { return act(s.Dashboard(o.By), o) })
}

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

// newAccount is a control request that creates an account.
type newAccount struct {
	By      string      `json:"by"`
	Account AccountSeed `json:"account"`
}

func (s *Server) controlCreateAccount(input newAccount) (any, error) {
	id, err := s.Dashboard(input.By).CreateAccount(input.Account)
	return map[string]any{"id": id}, err
}
