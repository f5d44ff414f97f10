package mock

import (
	_ "embed"
	"errors"
	"fmt"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/mockserver"
)

// Seed describes an organisation, its accounts and API clients, and who has access in its Dashboard.
type Seed struct {
	Organisation OrganisationSeed `json:"organisation"`
	// Accounts are in the order of the lists.
	Accounts []AccountSeed `json:"accounts,omitempty"`
	Clients  []ClientSeed  `json:"clients,omitempty"`

	// Roles are those that the Dashboard lists; without any, it lists whatever role is asked for.
	Roles  []string    `json:"roles,omitempty"`
	Users  []UserSeed  `json:"users,omitempty"`
	Grants []GrantSeed `json:"grants,omitempty"`

	// Events are from before; acts add to them.
	Events []EventSeed `json:"events,omitempty"`
	// EventNames are the names that events of acts have, by the act; without one, an act has a name of the mock's own.
	EventNames map[Act]EventName `json:"eventNames,omitempty"`
}

// OrganisationSeed describes an organisation.
type OrganisationSeed struct {
	ID      string `json:"id"`
	Name    string `json:"name,omitempty"`
	Country string `json:"country,omitempty"`
}

// AccountSeed describes an account. Its type is Sandbox or, without that, production.
type AccountSeed struct {
	ID      string `json:"id,omitempty"`
	Name    string `json:"name,omitempty"`
	Sandbox bool   `json:"sandbox,omitempty"`
	// Organisation is another one than that of the seed, whose account a client sees as well.
	Organisation *OrganisationSeed `json:"organisation,omitempty"`
	Created      time.Time         `json:"created,omitzero"`
	Modified     time.Time         `json:"modified,omitzero"`
	// Deleted is when it was soft-deleted; the zero time if it was not.
	Deleted         time.Time `json:"deleted,omitzero"`
	Disabled        bool      `json:"disabled,omitempty"`
	DeleteProtected bool      `json:"deleteProtected,omitempty"`
	Products        []string  `json:"products,omitempty"`
}

// ClientSeed describes an API client: of an account, or, without one, of the organisation.
type ClientSeed struct {
	ID      string `json:"id"`
	Secret  string `json:"secret,omitempty"`
	Account string `json:"account,omitempty"`
	// NoAccounts and NoAudit refuse the client the account API and the audit API: it lacks the role.
	NoAccounts bool `json:"noAccounts,omitempty"`
	NoAudit    bool `json:"noAudit,omitempty"`
}

// UserSeed describes a user of the Dashboard.
type UserSeed struct {
	User string `json:"user"` // such as "user:ada@example.com"
	// Invited is true for one who has not accepted the invitation.
	Invited bool `json:"invited,omitempty"`
}

// GrantSeed is a row of the Dashboard: a principal and its roles in a scope. Those of a user who has accepted hold.
type GrantSeed struct {
	Scope     string   `json:"scope"`
	Principal string   `json:"principal"`
	Roles     []string `json:"roles"`
	// Waiting are the roles that do not hold yet, until the user has accepted and logged in.
	Waiting []string `json:"waiting,omitempty"`
}

// EventSeed is an audit event.
type EventSeed struct {
	Time        time.Time      `json:"time,omitzero"`
	Account     string         `json:"account,omitempty"`
	ServiceName string         `json:"serviceName"`
	EventType   string         `json:"eventType"`
	UserID      string         `json:"userId,omitempty"`
	ClientID    string         `json:"clientId,omitempty"`
	Message     string         `json:"message,omitempty"`
	Data        map[string]any `json:"data,omitempty"`
}

// EventName is what an event is called. Which names Signicat has is unknown: these are the mock's.
type EventName struct {
	ServiceName string `json:"serviceName"`
	EventType   string `json:"eventType"`
}

//go:embed seeds/demo.json
var demoSeed []byte

// DemoSeed returns an organisation with a production and a sandbox account, and one that was deleted.
func DemoSeed() Seed { return mockserver.EmbeddedSeed[Seed](demoSeed) }

// ParseSeed reads a seed. An unknown key is an error: a typo must not silently seed something else.
func ParseSeed(document []byte) (Seed, error) { return mockserver.ParseSeed[Seed](document) }

// validate refuses what names nothing, or one thing twice.
func (s Seed) validate() error {
	if s.Organisation.ID == "" {
		return errors.New("seed: the organisation has no id")
	}
	scopes := map[string]bool{ScopeOrganisation: true}
	for _, account := range s.Accounts {
		if account.ID == "" || scopes[account.ID] {
			return fmt.Errorf("seed: the account id %q is empty, or there twice", account.ID)
		}
		scopes[account.ID] = true
	}
	clients := map[string]bool{}
	for _, client := range s.Clients {
		if client.ID == "" || clients[client.ID] || client.Account != "" && !scopes[client.Account] {
			return fmt.Errorf("seed: the API client %q has no id of its own, or an account that is not there", client.ID)
		}
		clients[client.ID] = true
	}
	return s.validateAccess(scopes)
}

func (s Seed) validateAccess(scopes map[string]bool) error {
	for _, grant := range s.Grants {
		if !scopes[grant.Scope] || !isPrincipal(grant.Principal) {
			return fmt.Errorf("seed: the grant to %q at %q names no principal, or no scope", grant.Principal, grant.Scope)
		}
	}
	for _, user := range s.Users {
		if !isUser(user.User) {
			return fmt.Errorf("seed: %q is no user, such as user:ada@example.com", user.User)
		}
	}
	return nil
}
