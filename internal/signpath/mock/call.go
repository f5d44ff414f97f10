package mock

import (
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/mockserver"
)

// call is an API request on its way through the checks to its handler. It holds the lock of the state.
type call struct {
	renderer

	server  *Server
	match   match
	request *http.Request
	content []byte
	fault   Fault
	at      time.Time

	caller  *user
	reading *reading
	project *project
	policy  *signingPolicy
}

// serve checks the request as far as that is the same for all routes, then handles it.
func (c *call) serve() (answer, *problem) {
	if c.match.route == nil {
		return answer{}, c.unrouted()
	}
	c.match.route = c.match.route.chosen(c.content)
	checks := []func() *problem{
		c.authenticate, c.checkOrganization, c.checkMediaTypes, c.checkBody, c.findProject, c.checkRight, c.findPolicy,
	}
	if c.match.route.right == nil {
		checks = []func() *problem{c.checkMediaTypes}
	}
	for _, check := range checks {
		if refused := check(); refused != nil {
			return answer{}, refused
		}
	}
	if refused := c.read(); refused != nil {
		return answer{}, refused
	}
	return c.match.route.handle(c)
}

func (c *call) unrouted() *problem {
	if len(c.match.allowed) == 0 {
		return &problem{status: http.StatusNotFound, detail: "There is no such route."}
	}
	return &problem{
		status: http.StatusMethodNotAllowed,
		detail: fmt.Sprintf("The route does not have the method %s.", c.request.Method),
		header: http.Header{"Allow": {strings.Join(c.match.allowed, ", ")}},
	}
}

// authenticate enforces BSI: each request has a bearer token; USR: it belongs to a user, who must be active.
func (c *call) authenticate() *problem {
	scheme, token, _ := strings.Cut(c.request.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") || token == "" {
		return unauthorized("The request has no API token.")
	}
	found := c.organization.userByToken(token)
	if found == nil {
		return unauthorized("The API token is not valid.")
	}
	if !found.IsActive {
		return unauthorized(fmt.Sprintf("The user '%s' of the API token is not active.", found.Name))
	}
	c.caller = found
	return nil
}

// checkOrganization answers 403 for another organization, as observed in the hints of SignPath's PowerShell module.
func (c *call) checkOrganization() *problem {
	if strings.EqualFold(c.match.organization, c.organization.ID) {
		return nil
	}
	return forbidden(fmt.Sprintf("The user '%s' has no access to the organization '%s'.", c.caller.Name, c.match.organization))
}

// checkMediaTypes enforces changelog 1.206.0 (Content-Type) and 1.212.1 (Accept): what is not JSON is a 4xx.
func (c *call) checkMediaTypes() *problem {
	if accept := c.request.Header.Get("Accept"); accept != "" && !acceptsJSON(accept) {
		return &problem{status: http.StatusNotAcceptable, detail: "The API answers JSON only."}
	}
	if len(c.content) == 0 {
		return nil
	}
	mediaType, _, err := mime.ParseMediaType(c.request.Header.Get("Content-Type"))
	if err != nil || !isJSON(mediaType) {
		return &problem{status: http.StatusUnsupportedMediaType, detail: "The Content-Type of the request must be application/json."}
	}
	return nil
}

// requestMediaTypes are those of requests with a body: what ASP.NET takes for JSON by default.
var requestMediaTypes = []string{"application/json", "text/json", "application/*+json"}

func isJSON(mediaType string) bool {
	return slices.ContainsFunc(requestMediaTypes, func(accepted string) bool { return mockserver.MatchWildcard(accepted, mediaType) })
}

func acceptsJSON(accept string) bool {
	for _, accepted := range strings.Split(accept, ",") {
		mediaType, _, err := mime.ParseMediaType(accepted)
		if err != nil {
			continue
		}
		if mediaType == "*/*" || mediaType == "application/*" || mediaType == "application/json" {
			return true
		}
	}
	return false
}

// checkBody refuses what is no JSON object, or no JSON at all where the body is a value alone. Changelog 1.179.0: an action
// needs no body.
func (c *call) checkBody() *problem {
	if c.request.Method == http.MethodGet {
		c.content = nil
	}
	if shape := c.match.route.shape; len(c.content) == 0 || shape != nil && shape.isWhole && json.Valid(c.content) {
		return nil
	}
	if _, err := parseBody(c.content); err != nil {
		return invalidObject(err.Error())
	}
	return nil
}

// read reads the body as the default dialect would have it. What a call refuses that has a body of its own is told together with
// what else is wrong with it.
func (c *call) read() *problem {
	c.reading = &reading{body: requestBody{}, errors: map[string][]string{}}
	route := c.match.route
	if route.shape == nil {
		return nil
	}
	c.reading = c.front.read(c.renderer, route.shape, c.content, c.about())
	if route.reads == nil && len(c.reading.errors) > 0 {
		return invalid(c.reading.errors)
	}
	return nil
}

// about is the object that a request is about; nil if there is none, or none that there is.
func (c *call) about() object {
	var found subject
	switch id, _ := c.id(); {
	case c.policy != nil:
		found = c.policy
	case c.project != nil:
		found = c.project
	case c.organization.usersByID[id] != nil:
		found = c.organization.usersByID[id]
	case c.organization.groupsByID[id] != nil:
		found = c.organization.groupsByID[id]
	default:
		return object{}
	}
	return found.render(renderer{organization: c.organization})
}

func (c *call) findProject() *problem {
	slug, addressed := c.match.variables["project"]
	if !addressed {
		return nil
	}
	c.project = c.seenProject(slug)
	if c.project == nil {
		return c.unknown("project", slug)
	}
	return nil
}

// checkRight goes by the project as it is now: rights do not lag behind.
func (c *call) checkRight() *problem {
	right, project := c.match.route.right.in(c.dialect), c.project
	if project != nil {
		project = c.organization.latest(project)
	}
	if right.permits(c.organization, c.caller, project, nil) {
		return nil
	}
	return forbidden(right.refusal(c.caller))
}

func (c *call) findPolicy() *problem {
	slug, addressed := c.match.variables["policy"]
	if !addressed {
		return nil
	}
	c.policy = c.project.policy(slug)
	if c.policy == nil {
		return c.unknown("signing policy", slug)
	}
	return nil
}

// id returns the {id} of the path. Changelog 1.212.1: an empty GUID is a 400.
func (c *call) id() (string, *problem) {
	id, err := uuid.Parse(c.match.variables["id"])
	if err != nil || id == uuid.Nil {
		return "", invalid(map[string][]string{"Id": {fmt.Sprintf("The value '%s' is not valid.", c.match.variables["id"])}})
	}
	return id.String(), nil
}

// unknown answers 403 for an object that does not exist: changelog 1.104.0 calls that the correct code. The wording
// does not tell an unknown object from a hidden one.
func (c *call) unknown(title, key string) *problem {
	refused := forbidden(fmt.Sprintf("There is no %s '%s', or the user '%s' has no access to it.", title, key, c.caller.Name))
	if c.dialect.UnknownIs404 {
		refused.status = http.StatusNotFound
	}
	return refused
}

// edit reads the body of an Edit request.
func (c *call) edit() *edit {
	e := &edit{reading: c.reading, organization: c.organization, keepsOmitted: c.dialect.EditPatches, demanded: c.dialect.Demanded}
	if set := c.match.route.sets; set != "" {
		e.keepsOmitted, e.demanded = true, nil
		e.requireSent(set)
	}
	switch c.fault.Action {
	case FaultDropProperties:
		e.lost = lowerCase(c.fault.Properties)
	case FaultKeepProperties:
		e.untouched = lowerCase(c.fault.Properties)
	}
	return e
}

// create reads the body of a request that is not about properties that are there already.
func (c *call) create() *edit {
	e := c.edit()
	e.keepsOmitted, e.demanded = false, nil
	return e
}

func lowerCase(names []string) []string {
	lower := make([]string, len(names))
	for i, name := range names {
		lower[i] = strings.ToLower(name)
	}
	return lower
}

func (c *call) now() time.Time { return c.at }

func (c *call) stamp() stamp {
	return stamp{at: c.at, by: EventParty{ID: c.caller.ID, Name: c.caller.Name}}
}

func (c *call) change(changed subject, verb string, apply func()) {
	c.organization.change(c.stamp(), changed, verb, apply)
}

// answer is what a handler answers: a JSON body, a text, or neither.
type answer struct {
	status int
	header http.Header
	body   any
	text   string
}

func ok(body any) answer { return answer{status: http.StatusOK, body: body} }

// done is the answer of an Edit or action. The contract leaves status and body open: a client accepts any 2xx.
func done() answer { return answer{status: http.StatusOK} }

// created is the answer of a create. Documented for signing requests: 201 with the absolute URL of the new object in
// Location; changelog 1.155.0: and its id in the body.
func (c *call) created(k kind, id, token string) answer {
	result := answer{
		status: http.StatusCreated,
		header: http.Header{"Location": {c.linkOf(thing(k), id)}},
	}
	if body := c.front.createdAnswer(k, id, token); body != nil {
		result.body = body
	}
	return result
}
