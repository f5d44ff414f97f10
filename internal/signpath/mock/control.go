package mock

import (
	"errors"
	"net/http"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/mockserver"
)

// controlEndpoints are those that are SignPath's; the package documentation describes them.
func (s *Server) controlEndpoints() map[string]mockserver.Endpoint {
	return map[string]mockserver.Endpoint{
		"GET state":       func(*http.Request) (any, error) { return s.Snapshot(), nil },
		"GET mails":       func(*http.Request) (any, error) { return s.Mails(), nil },
		"GET lookup":      s.controlLookup,
		"GET members":     s.controlMembers,
		"POST members":    s.controlChangeMembers,
		"POST users":      s.controlChangeUser,
		"POST create":     s.controlCreate,
		"POST remove":     s.controlRemove,
		"POST properties": s.controlSetProperties,
		"POST tokens":     s.controlIssueToken,
	}
}

func (s *Server) controlLookup(r *http.Request) (any, error) {
	id, err := s.ID(r.URL.Query().Get("ref"))
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

func (s *Server) controlMembers(r *http.Request) (any, error) {
	query := r.URL.Query()
	address := listAddress{query.Get("project"), query.Get("policy"), query.Get("group"), query.Get("list")}
	owner, list, err := address.resolve()
	if err != nil {
		return nil, err
	}
	members, err := s.Members(owner, list)
	return object{"members": members}, err
}

func (s *Server) controlChangeMembers(r *http.Request) (any, error) {
	var input struct {
		listAddress
		Add    []string `json:"add"`
		Remove []string `json:"remove"`
		Actor  string   `json:"actor"`
	}
	if err := mockserver.ReadControl(r, &input); err != nil {
		return nil, err
	}
	owner, list, err := input.resolve()
	if err != nil {
		return nil, err
	}
	return mockserver.Nothing, s.Administrator(input.Actor).ChangeMembers(owner, list, input.Add, input.Remove)
}

func (s *Server) controlChangeUser(r *http.Request) (any, error) {
	var input struct {
		PrincipalChange
		Ref   string `json:"ref"`
		Actor string `json:"actor"`
	}
	if err := mockserver.ReadControl(r, &input); err != nil {
		return nil, err
	}
	return mockserver.Nothing, s.Administrator(input.Actor).Change(input.Ref, input.PrincipalChange)
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

func (s *Server) controlCreate(r *http.Request) (any, error) {
	var input creation
	if err := mockserver.ReadControl(r, &input); err != nil {
		return nil, err
	}
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

func (s *Server) controlRemove(r *http.Request) (any, error) {
	var input struct {
		Ref   string `json:"ref"`
		Actor string `json:"actor"`
	}
	if err := mockserver.ReadControl(r, &input); err != nil {
		return nil, err
	}
	return mockserver.Nothing, s.Administrator(input.Actor).Remove(input.Ref)
}

func (s *Server) controlSetProperties(r *http.Request) (any, error) {
	var input struct {
		Ref   string         `json:"ref"`
		Set   map[string]any `json:"set"`
		Actor string         `json:"actor"`
	}
	if err := mockserver.ReadControl(r, &input); err != nil {
		return nil, err
	}
	return mockserver.Nothing, s.Administrator(input.Actor).SetProperties(input.Ref, input.Set)
}

func (s *Server) controlIssueToken(r *http.Request) (any, error) {
	var input struct {
		Ref   string `json:"ref"`
		Actor string `json:"actor"`
	}
	if err := mockserver.ReadControl(r, &input); err != nil {
		return nil, err
	}
	token, err := s.Administrator(input.Actor).IssueToken(input.Ref)
	return object{propAPIToken: token}, err
}
