package api

import (
	"net/http"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
)

// An Audience is whoever reads what [Explain] says.
type Audience struct {
	httpapi.Audience
	// Token is how to give a valid token, Forbidden what to do about a 403.
	Token, Forbidden string
}

// Explain says in a few words what became of a request, and what to do about it.
func Explain(e *httpapi.Error, to Audience) (summary, advice string) {
	summary, advice = e.Explain(to.Audience)
	switch {
	case e.Status == 0 || e.IsWebPage():
	case e.Cause != nil:
		advice = "Much of SignPath's API is not published. If this installation is not an old one, please report this message to the provider's project."
	case e.Status == http.StatusUnauthorized:
		return "SignPath refused the API token", "The token is wrong, was regenerated since, or its user is inactive. " + to.Token
	case e.Status == http.StatusForbidden:
		return "Not allowed by SignPath", to.Forbidden
	case e.Status == http.StatusNotFound:
		return "Not found by SignPath", "Check " + to.Spell(httpapi.FieldURL) + ", which is " + DefaultURL + " or the like: SignPath itself answers 403 for an unknown object."
	}
	return summary, advice
}
