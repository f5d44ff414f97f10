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
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract"
)

// RegenerateToken makes SignPath issue a new API token for a CI user, and
// returns it. The old one stops working at once, as a user has one token
// (documented).
//
// The request is never sent twice, and is not broken off when the context is
// canceled. After a failure that may have left the CI user with a token that nobody
// knows, the error is a [*LostTokenError]. No error and no log line has anything of
// an answer that could be the token.
func (c *Client) RegenerateToken(ctx context.Context, id string) (string, error) {
	r, parameters := contract.RoutesOf[access.KindCIUser].RegenerateToken, []string{id}
	_, body, err := c.compose(ctx, r, nil)
	if err != nil {
		return "", err
	}
	request := c.request(r, parameters, body)
	request.SecretAnswer, request.Unbroken = true, true
	answer, _, err := c.do(ctx, r, request)
	if err != nil {
		return "", tokenFailure(err)
	}
	token, err := c.decodeToken(answer)
	if err != nil {
		return "", &LostTokenError{cause: c.http.Unusable(request, err)}
	}
	return token, nil
}

// decodeToken takes the token out of the answer. Its errors say what the answer
// is not, and never what it is.
func (c *Client) decodeToken(body []byte) (string, error) {
	found, path, ok := c.mapping.Token(body)
	o, err := contract.DecodeObject(body)
	switch {
	case !ok && err != nil:
		return "", err
	case !ok:
		evidence := contract.RoutesOf[access.KindCIUser].RegenerateToken.Evidence(contract.PartAnswer, contract.PropAPIToken)
		return "", fmt.Errorf("it has no property %q (the name is %s), only %s", path, evidence, strings.Join(plainNames(o), ", "))
	}
	token := contract.Text(found)
	if token == "" || strings.ContainsFunc(token, isNoPartOfToken) {
		return "", fmt.Errorf("its property %q holds no token", path)
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
			names[i] = httpapi.Hidden
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

// tokenFailure tells whether the token is lost.
func tokenFailure(err error) error {
	var e *httpapi.Error
	if errors.As(err, &e) && (e.Sent || e.Status == http.StatusRequestTimeout) {
		return &LostTokenError{cause: err}
	}
	return err
}
