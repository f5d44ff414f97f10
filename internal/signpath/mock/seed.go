package mock

import (
	_ "embed"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/mockserver"
)

// Seed describes an organization. It says what is there, not what the server would accept: a seed may contain two CI
// users of one name, or an interactive submitter where the rules forbid one.
//
// Principals are named "user:EMAIL", "ci_user:NAME" or "group:NAME", or by UUID behind the prefix. A missing id is
// derived from the organization, the kind and the key of the object, and so is the same in every run.
type Seed struct {
	Organization     OrganizationSeed      `json:"organization"`
	InteractiveUsers []InteractiveUserSeed `json:"interactiveUsers,omitempty"`
	CIUsers          []CIUserSeed          `json:"ciUsers,omitempty"`
	UserGroups       []UserGroupSeed       `json:"userGroups,omitempty"`
	Projects         []ProjectSeed         `json:"projects,omitempty"`
}

// OrganizationSeed describes the organization itself.
type OrganizationSeed struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	// MaxInteractiveUsers is the quota of active interactive users; 0 is unlimited.
	MaxInteractiveUsers int `json:"maxInteractiveUsers,omitempty"`
	// Edition is "Starter" or "Basic" for one that lacks user groups, readers, configurators and quorums.
	Edition Edition `json:"edition,omitempty"`
}

// UserGroupSeed describes a group and its members.
type UserGroupSeed struct {
	ID           string   `json:"id,omitempty"`
	Name         string   `json:"name"`
	Description  string   `json:"description,omitempty"`
	Synchronized bool     `json:"synchronized,omitempty"`
	Members      []string `json:"members,omitempty"`
}

//go:embed seeds/demo.json
var demoSeed []byte

// DemoSeed returns SignPath's own documentation example: a team, project A with origin verification, project B
// without, each with test-signing and release-signing.
func DemoSeed() Seed { return mockserver.EmbeddedSeed[Seed](demoSeed) }

// ParseSeed reads a seed. An unknown key is an error: a typo must not silently seed something else.
func ParseSeed(document []byte) (Seed, error) { return mockserver.ParseSeed[Seed](document) }
