package api

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract"
)

// RegenerateToken makes SignPath issue a new API token for a CI user, and
// returns it. The old one stops working at once, as a user has one token
// (documented).
//
// The request is never sent twice. After a failure that may have left the CI
// user with a token that nobody knows, the error is a [*LostTokenError]. No
// error and no log line has anything of an answer that could be the token.
func (c *Client) RegenerateToken(ctx context.Context, id string) (string, error) {
	r, parameters := contract.RoutesOf[access.KindCIUser].RegenerateToken, []string{id}
	settled, err := c.settle(ctx, r)
	if err != nil {
		return "", err
	}
	discreet := c.discreet()
	body, _, err := discreet.call(ctx, settled.Route, parameters, nil)
	if err != nil {
		return "", tokenFailure(err)
	}
	token, err := decodeToken(body)
	if err != nil {
		return "", &LostTokenError{cause: discreet.unusable(settled.Route, parameters, err)}
	}
	return token, nil
}

// decodeToken takes the token out of the answer. Its errors say what the answer
// is not, and never what it is.
func decodeToken(body []byte) (string, error) {
	o, err := contract.DecodeObject(body)
	if err != nil {
		return "", err
	}
	if !o.Has(contract.PropAPIToken) {
		return "", fmt.Errorf("it has no property %q (the name is %s), only %s",
			contract.PropAPIToken, contract.PropAPIToken.Evidence(), strings.Join(plainNames(o), ", "))
	}
	token := o.Text(contract.PropAPIToken)
	if token == "" || strings.ContainsFunc(token, isNoPartOfToken) {
		return "", fmt.Errorf("its property %q holds no token", contract.PropAPIToken)
	}
	return token, nil
}

func isNoPartOfToken(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }

var plainName = regexp.MustCompile(`^[a-z][A-Za-z]{0,30}$`)

// plainNames returns the names of the properties, which tell whoever reads the
// error how the token is called instead. A name that could itself be a token is
// hidden.
func plainNames(o contract.Object) []string {
	names := slices.Sorted(maps.Keys(o))
	for i, name := range names {
		if !plainName.MatchString(name) {
			names[i] = hidden
		}
	}
	return names
}

// A LostTokenError says that a token may have been regenerated without anybody
// learning the new one.
type LostTokenError struct{ cause error }

func (e *LostTokenError) Error() string {
	return fmt.Sprintf("the token may have been regenerated, but the new one did not arrive: %v. The request was not sent again", e.cause)
}

// Unwrap returns the failure of the request.
func (e *LostTokenError) Unwrap() error { return e.cause }

// tokenFailure takes out of the error what could be the token, and tells
// whether the token is lost.
func tokenFailure(err error) error {
	var e *Error
	if !errors.As(err, &e) {
		return err
	}
	e.hideSecrets()
	if e.Sent || e.Status == http.StatusRequestTimeout {
		return &LostTokenError{cause: err}
	}
	return err
}

// discreet returns a client for a request whose answer is a secret: also a
// malformed one, which net/http quotes in its error, stays out of the log.
func (c *Client) discreet() *Client {
	discreet := &Client{config: c.config, base: c.base, http: c.http, token: c.token}
	if log := c.config.Log; log != nil {
		discreet.config.Log = func(ctx context.Context, message string, fields map[string]any) {
			if text, ok := fields["error"].(string); ok {
				fields["error"] = hideSecrets(text)
			}
			log(ctx, message, fields)
		}
	}
	return discreet
}

// hideSecrets takes what could be a token out of what a server answered. A
// refusal of a careful server has none, but a server that failed in the middle
// may answer anything.
func (e *Error) hideSecrets() {
	if e.Sent && e.Cause != nil {
		if text := hideSecrets(e.Cause.Error()); text != e.Cause.Error() {
			e.Cause = errors.New(text)
		}
	}
	if e.Status < http.StatusBadRequest {
		return
	}
	if e.Title == "" && strings.HasPrefix(e.Detail, "{") { // JSON, but no problem document.
		e.Detail = ""
	}
	e.Title, e.Detail = hideSecrets(e.Title), hideSecrets(e.Detail)
	fields := map[string][]string{}
	for name, messages := range e.Fields {
		for _, message := range messages {
			fields[hideSecrets(name)] = append(fields[hideSecrets(name)], hideSecrets(message))
		}
	}
	e.Fields = fields
}

const hidden = "(hidden)"

// secretShape matches every long run of the characters that tokens consist of,
// also as JSON escapes them. The form of SignPath's tokens is not documented;
// examples have 44 characters of base64.
var secretShape = regexp.MustCompile(`(?:\\?[A-Za-z0-9+/=_.~%-]){20,}`)

func hideSecrets(text string) string {
	return secretShape.ReplaceAllStringFunc(text, func(found string) string {
		if access.IsID(found) {
			return found
		}
		return hidden
	})
}
