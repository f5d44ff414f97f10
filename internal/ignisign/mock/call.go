package mock

import (
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/mockserver"
)

// call is an API request on its way through the checks to its handler. The lock of the state is held.
type call struct {
	*mockserver.Call
	*Server

	version string // v3 or v4
	now     time.Time
	key     *APIKey // who asks, once authenticated
}

// checkApplication refuses a key of another application.
func (c *call) checkApplication() *refusal {
	if id, isNamed := c.Variables["appId"]; isNamed && id != c.application.Application.ID {
		return refuse(http.StatusForbidden, "INVALID_CONTEXT_USER_NOT_ALLOWED_IN_APP", "The key is not one of this application.")
	}
	return nil
}

// checkActive refuses what an application that is blocked or archived does not do. That its context is still shown is an
// assumption: it has the status.
func (c *call) checkActive() *refusal {
	switch c.application.Application.Status {
	case "ACTIVE":
		return nil
	case "BLOCKED":
		return refuse(http.StatusForbidden, "APP_BLOCKED", "The application is blocked.")
	}
	return refuse(http.StatusForbidden, "APP_NOT_ACTIVATED", "The application is not active.")
}

// checkInvitations refuses the routes of invitations where they are not served.
func (c *call) checkInvitations() *refusal {
	if c.version == "v4" && c.dialect.InvitationsOnV4 == InvitationsForbidden {
		return refuse(http.StatusForbidden, "INVALID_CONTEXT_RIGHT_NOT_ALLOWED", "This right is not allowed in this context.")
	}
	switch c.dialect.Feature {
	case FeatureForbidden:
		// The names in it are made up: of their form only {feature, claims} is documented.
		refused := refuse(http.StatusForbidden, "ORGANIZATION_FEATURE_FORBIDDEN", "The organization may not use this feature.")
		refused.context["missing"] = []object{{"feature": "APP_MEMBERS_MANAGEMENT", "claims": []string{"WRITE"}}}
		return refused
	case FeatureUnauthorized:
		return refuse(http.StatusUnauthorized, "UNAUTHORIZED_ERROR", "Unauthorized")
	}
	return nil
}

// checkEnvironment refuses a key of another environment, in the dialect that does.
func (c *call) checkEnvironment(environment string) *refusal {
	if c.dialect.OtherEnvironmentRefused && c.key.Environment != environment {
		return otherEnvironment(c.key)
	}
	return nil
}

// checkChange refuses a key of another environment than those in which roles change.
func (c *call) checkChange(before, after Roles) *refusal {
	if c.dialect.OtherEnvironmentRefused && before.whole().differsOutside(c.key.Environment, after.whole()) {
		return otherEnvironment(c.key)
	}
	return nil
}

func otherEnvironment(key *APIKey) *refusal {
	return refuse(http.StatusForbidden, "INVALID_CONTEXT_RIGHT_NOT_ALLOWED", "The key is one of "+key.Environment+" only.")
}

// id is a parameter of the path that is an object's id.
func (c *call) id(parameter string) (string, *refusal) {
	id := c.Variables[parameter]
	if !objectForm.MatchString(id) {
		refused := refuse(http.StatusBadRequest, "PARAMS_VALIDATION_FAILED", "Params validation failed")
		refused.context[parameter] = "must be an id"
		return "", refused
	}
	return id, nil
}

// body is the JSON object that was sent; an empty one if the content type is not JSON.
func (c *call) body() (map[string]json.RawMessage, *refusal) {
	mediaType, _, err := mime.ParseMediaType(c.Request.Header.Get("Content-Type"))
	if err != nil || mediaType != "application/json" || len(c.Content) == 0 {
		return nil, nil
	}
	var body map[string]json.RawMessage
	if json.Unmarshal(c.Content, &body) != nil {
		return nil, refuse(http.StatusBadRequest, "BAD_REQUEST", "The body is not a JSON object.")
	}
	return body, nil
}

// checkProperties refuses properties that are not known, in the dialect that does.
func (c *call) checkProperties(body map[string]json.RawMessage, known ...string) *refusal {
	if !c.dialect.UnknownPropertiesRefused {
		return nil
	}
	for property := range body {
		if !slices.Contains(known, property) {
			return invalidBody(property, fmt.Sprintf("property %s should not exist", property))
		}
	}
	return nil
}

// text is a property of a body that is a text; "" if it is none.
func text(body map[string]json.RawMessage, property string) string {
	var value string
	if json.Unmarshal(body[property], &value) != nil {
		return ""
	}
	return value
}
