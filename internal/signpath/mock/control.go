package mock

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"
)

// controlPrefix is the path of the control endpoints; the package documentation describes them.
const controlPrefix = "/_mock/"

// stats is the answer of GET /_mock/stats.
type stats struct {
	Requests      int `json:"requests"`
	Connections   int `json:"connections"`
	MaxConcurrent int `json:"maxConcurrent"`
}

func (s *Server) controlHandler() http.Handler {
	mux := http.NewServeMux()
	endpoints := map[string]func(*http.Request) (any, error){
		"GET requests":    s.controlRequests,
		"DELETE requests": s.controlResetRequests,
		"GET stats":       s.controlStats,
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
		"GET faults":      func(*http.Request) (any, error) { return s.Faults(), nil },
		"POST faults":     s.controlInject,
		"DELETE faults":   s.controlClearFaults,
		"POST latency":    s.controlLatency,
	}
	for name, serve := range endpoints {
		method, path, _ := strings.Cut(name, " ")
		mux.Handle(method+" "+controlPrefix+path, controlEndpoint(serve))
	}
	return mux
}

func controlEndpoint(serve func(*http.Request) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		status := http.StatusOK
		body, err := serve(r)
		if err != nil {
			status, body = http.StatusBadRequest, object{"error": err.Error()}
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		encoder := json.NewEncoder(w)
		encoder.SetIndent("", "  ")
		_ = encoder.Encode(body) // a client that left does not mind
	}
}

// controlInput reads the JSON body of a control request. An unknown key is an error: a typo must not go unnoticed.
func controlInput(r *http.Request, target any) error {
	decoder := json.NewDecoder(io.LimitReader(r.Body, maxRequestBody))
	decoder.DisallowUnknownFields()
	return decoder.Decode(target)
}

// nothing is the answer of a control request that has none.
var nothing = object{}

func (s *Server) controlRequests(r *http.Request) (any, error) {
	return s.Requests(r.URL.Query()["route"]...), nil
}

func (s *Server) controlResetRequests(*http.Request) (any, error) {
	s.ResetRequests()
	return nothing, nil
}

func (s *Server) controlStats(*http.Request) (any, error) {
	return stats{s.CountRequests(), s.Connections(), s.MaxConcurrentRequests()}, nil
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
	if err := controlInput(r, &input); err != nil {
		return nil, err
	}
	owner, list, err := input.resolve()
	if err != nil {
		return nil, err
	}
	return nothing, s.Administrator(input.Actor).ChangeMembers(owner, list, input.Add, input.Remove)
}

func (s *Server) controlChangeUser(r *http.Request) (any, error) {
	var input struct {
		PrincipalChange
		Ref   string `json:"ref"`
		Actor string `json:"actor"`
	}
	if err := controlInput(r, &input); err != nil {
		return nil, err
	}
	return nothing, s.Administrator(input.Actor).Change(input.Ref, input.PrincipalChange)
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
	if err := controlInput(r, &input); err != nil {
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
	if err := controlInput(r, &input); err != nil {
		return nil, err
	}
	return nothing, s.Administrator(input.Actor).Remove(input.Ref)
}

func (s *Server) controlSetProperties(r *http.Request) (any, error) {
	var input struct {
		Ref   string         `json:"ref"`
		Set   map[string]any `json:"set"`
		Actor string         `json:"actor"`
	}
	if err := controlInput(r, &input); err != nil {
		return nil, err
	}
	return nothing, s.Administrator(input.Actor).SetProperties(input.Ref, input.Set)
}

func (s *Server) controlIssueToken(r *http.Request) (any, error) {
	var input struct {
		Ref   string `json:"ref"`
		Actor string `json:"actor"`
	}
	if err := controlInput(r, &input); err != nil {
		return nil, err
	}
	token, err := s.Administrator(input.Actor).IssueToken(input.Ref)
	return object{propAPIToken: token}, err
}

func (s *Server) controlInject(r *http.Request) (any, error) {
	var fault Fault
	if err := controlInput(r, &fault); err != nil {
		return nil, err
	}
	return nothing, s.Inject(fault)
}

func (s *Server) controlClearFaults(*http.Request) (any, error) {
	s.ClearFaults()
	return nothing, nil
}

func (s *Server) controlLatency(r *http.Request) (any, error) {
	var input struct {
		Milliseconds int `json:"milliseconds"`
	}
	if err := controlInput(r, &input); err != nil {
		return nil, err
	}
	if input.Milliseconds < 0 {
		return nil, errors.New("milliseconds can't be negative")
	}
	s.SetLatency(time.Duration(input.Milliseconds) * time.Millisecond)
	return nothing, nil
}
