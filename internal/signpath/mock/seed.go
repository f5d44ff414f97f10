package mock

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
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
}

// InteractiveUserSeed describes a user that logs in. An empty role is RegularUser.
type InteractiveUserSeed struct {
	ID                string `json:"id,omitempty"`
	Name              string `json:"name"`
	Email             string `json:"email"`
	NotificationEmail string `json:"notificationEmail,omitempty"`
	Identity          string `json:"identity,omitempty"`
	Role              Role   `json:"role,omitempty"`
	Inactive          bool   `json:"inactive,omitempty"`
	Synchronized      bool   `json:"synchronized,omitempty"`
	Support           bool   `json:"support,omitempty"`
	Token             string `json:"token,omitempty"`
}

// CIUserSeed describes a CI user. An empty role is RegularUser.
type CIUserSeed struct {
	ID                string `json:"id,omitempty"`
	Name              string `json:"name"`
	NotificationEmail string `json:"notificationEmail,omitempty"`
	Role              Role   `json:"role,omitempty"`
	Inactive          bool   `json:"inactive,omitempty"`
	Token             string `json:"token,omitempty"`
}

// UserGroupSeed describes a group and its members.
type UserGroupSeed struct {
	ID           string   `json:"id,omitempty"`
	Name         string   `json:"name"`
	Description  string   `json:"description,omitempty"`
	Synchronized bool     `json:"synchronized,omitempty"`
	Members      []string `json:"members,omitempty"`
}

// ProjectSeed describes a project with its signing policies. Properties are those that clients may not know.
type ProjectSeed struct {
	ID              string                     `json:"id,omitempty"`
	Slug            string                     `json:"slug"`
	Name            string                     `json:"name"`
	Description     string                     `json:"description,omitempty"`
	Inactive        bool                       `json:"inactive,omitempty"`
	Readers         []string                   `json:"readers,omitempty"`
	Configurators   []string                   `json:"configurators,omitempty"`
	RepositoryURLs  []string                   `json:"repositoryUrls,omitempty"`
	Properties      map[string]json.RawMessage `json:"properties,omitempty"`
	SigningPolicies []SigningPolicySeed        `json:"signingPolicies,omitempty"`
}

// SigningPolicySeed describes a signing policy. Properties are those that clients may not know.
type SigningPolicySeed struct {
	ID                       string   `json:"id,omitempty"`
	Slug                     string   `json:"slug"`
	Name                     string   `json:"name"`
	Description              string   `json:"description,omitempty"`
	Purpose                  string   `json:"purpose,omitempty"`
	Inactive                 bool     `json:"inactive,omitempty"`
	Submitters               []string `json:"submitters,omitempty"`
	Approvers                []string `json:"approvers,omitempty"`
	UseApprovalProcess       bool     `json:"useApprovalProcess,omitempty"`
	RequiredApprovals        int      `json:"requiredApprovals,omitempty"`
	VerifyTrustedBuildSystem bool     `json:"verifyTrustedBuildSystem,omitempty"`
	VerifyOriginPolicy       bool     `json:"verifyOriginPolicy,omitempty"`
	// AllowedBranchNames is short for an OriginPolicyVerification with nothing but these.
	AllowedBranchNames       []string                   `json:"allowedBranchNames,omitempty"`
	OriginPolicyVerification json.RawMessage            `json:"originPolicyVerification,omitempty"`
	Properties               map[string]json.RawMessage `json:"properties,omitempty"`
}

//go:embed seeds/demo.json
var demoSeed []byte

// DemoSeed returns SignPath's own documentation example: a team, project A with origin verification, project B
// without, each with test-signing and release-signing.
func DemoSeed() Seed {
	seed, err := ParseSeed(demoSeed)
	if err != nil {
		panic("mock: the embedded demo seed is broken: " + err.Error())
	}
	return seed
}

// ParseSeed reads a seed. An unknown key is an error: a typo must not silently seed something else.
func ParseSeed(document []byte) (Seed, error) {
	decoder := json.NewDecoder(bytes.NewReader(document))
	decoder.DisallowUnknownFields()
	var seed Seed
	if err := decoder.Decode(&seed); err != nil {
		return Seed{}, fmt.Errorf("seed: %w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return Seed{}, errors.New("seed: there is something behind the JSON object")
	}
	return seed, nil
}
