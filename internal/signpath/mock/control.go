package mock

import (
	"errors"
	"net/url"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/mockserver"
)

// Controls are the control endpoints that are SignPath's. A test in the same process uses the methods of [Server].
//
// Principals are named "user:EMAIL", "ci_user:NAME" or "group:NAME" (or by UUID behind the prefix), other objects
// "project:SLUG" and "policy:PROJECT/POLICY". Every change takes an optional "actor", the reference of the user that
// the audit log shall show.
var Controls = mockserver.Controls[*Server]{
	mockserver.Show("state", "the organization in the form of a seed, without tokens", (*Server).Snapshot),
	mockserver.Show("mails", "the invitations that were sent", (*Server).Mails),
	mockserver.Look("lookup?ref=user:qa.lead@example.com", `the id of any object: {"id":"…"}`, (*Server).controlLookup),
	mockserver.Look("members?project=project-a&policy=release-signing&list=approvers",
		`who is on a list: {"members":["user:…"]}; ?group=Release+Managers for a group`, (*Server).controlMembers),
	mockserver.Do(`members {"project":"project-a","policy":"release-signing","list":"approvers","add":["user:outsider@example.com"],"remove":[]}`,
		`changes a list, or with "group":"Release Managers" who is in a group`, (*Server).controlChangeMembers),
	mockserver.Do(`users {"ref":"user:qa.lead@example.com","name":"QA","role":"GlobalReader","active":false}`,
		`changes a user or a group; also "email", "description" and "synchronized"`, (*Server).controlChangeUser),
	mockserver.Make(`create {"ciUser":{"name":"build"}}`,
		`creates an interactiveUser, ciUser, userGroup, project, or signingPolicy with "inProject":"project-a", each as in a seed: {"id":"…"}`,
		(*Server).controlCreate),
	mockserver.Do(`remove {"ref":"policy:project-a/test-signing"}`, "removes any object", (*Server).controlRemove),
	mockserver.Do(`properties {"ref":"policy:project-a/test-signing","set":{"requiredApprovals":2}}`,
		`sets properties by the names of an edit, "slug", "status" or "isActive"; another name becomes a property that clients do not know`,
		(*Server).controlSetProperties),
	mockserver.Make(`tokens {"ref":"ci_user:terraform"}`, `issues a token: {"apiToken":"…"}`, (*Server).controlIssueToken),
}

func (s *Server) controlLookup(query url.Values) (any, error) {
	id, err := s.ID(query.Get("ref"))
	return object{"id": id}, err
}

// listAddress names a list in a control request.
type listAddress struct {
	Project string `json:"project"`
	Policy  string `json:"policy"`
	Group   string `json:"group"`
	List    string `json:"list"`
}

func (l listAddress) resolve() (owner, list string, err error) {
	switch {
	case l.Group != "" && l.Project != "":
		return "", "", errors.New("name a group or a project, not both")
	case l.Group != "":
		return string(kindUserGroup) + ":" + l.Group, propMembers, nil
	case l.Project != "":
		return listOwner(l.Project, l.Policy), l.List, nil
	}
	return "", "", errors.New("name a group or a project")
}

func (s *Server) controlMembers(query url.Values) (any, error) {
	address := listAddress{query.Get("project"), query.Get("policy"), query.Get("group"), query.Get("list")}
	owner, list, err := address.resolve()
	if err != nil {
		return nil, err
	}
	members, err := s.Members(owner, list)
	return object{"members": members}, err
}

// listChange is a control request that changes a list.
type listChange struct {
	listAddress
	Add    []string `json:"add"`
	Remove []string `json:"remove"`
	Actor  string   `json:"actor"`
}

func (s *Server) controlChangeMembers(input listChange) error {
	owner, list, err := input.resolve()
	if err != nil {
		return err
	}
	return s.Administrator(input.Actor).ChangeMembers(owner, list, input.Add, input.Remove)
}

// userChange is a control request that changes a user or a group.
type userChange struct {
	PrincipalChange
	about
}

// about is what a control request is about, and who makes it.
type about struct {
	Ref   string `json:"ref"`
	Actor string `json:"actor"`
}

func (s *Server) controlChangeUser(input userChange) error {
	return s.Administrator(input.Actor).Change(input.Ref, input.PrincipalChange)
}

// creation is a control request that creates one object.
type creation struct {
	InteractiveUser *InteractiveUserSeed `json:"interactiveUser"`
	CIUser          *CIUserSeed          `json:"ciUser"`
	UserGroup       *UserGroupSeed       `json:"userGroup"`
	Project         *ProjectSeed         `json:"project"`
	SigningPolicy   *SigningPolicySeed   `json:"signingPolicy"`
	InProject       string               `json:"inProject"` // the slug of the signing policy's project
	Actor           string               `json:"actor"`
}

func (s *Server) controlCreate(input creation) (any, error) {
	id, err := input.perform(s.Administrator(input.Actor))
	return object{"id": id}, err
}

func (c creation) perform(a *Administrator) (id string, err error) {
	switch {
	case c.InteractiveUser != nil:
		return a.CreateInteractiveUser(*c.InteractiveUser)
	case c.CIUser != nil:
		return a.CreateCIUser(*c.CIUser)
	case c.UserGroup != nil:
		return a.CreateUserGroup(*c.UserGroup)
	case c.Project != nil:
		return a.CreateProject(*c.Project)
	case c.SigningPolicy != nil:
		return a.CreateSigningPolicy(c.InProject, *c.SigningPolicy)
	}
	return "", errors.New("name what to create: interactiveUser, ciUser, userGroup, project or signingPolicy")
}

func (s *Server) controlRemove(input about) error {
	return s.Administrator(input.Actor).Remove(input.Ref)
}

// propertyChange is a control request that sets properties.
type propertyChange struct {
	about
	Set map[string]any `json:"set"`
}

func (s *Server) controlSetProperties(input propertyChange) error {
	return s.Administrator(input.Actor).SetProperties(input.Ref, input.Set)
}

func (s *Server) controlIssueToken(input about) (any, error) {
	token, err := s.Administrator(input.Actor).IssueToken(input.Ref)
	return object{propAPIToken: token}, err
}
