package api

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"math"
	"net/url"
	"strings"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
)

// scope is that of all APIs (documented).
const scope = "signicat-api"

// wrongClient is what to do about a refusal of the API client itself.
const wrongClient = "Check client_id and client_secret: the Dashboard has them in Settings > API clients. " +
	"An API client of the older platform (api.signicat.io) is another one."

// exchange gets a token for the client secret, by client credentials in the form, as the vendor's SDK
// does (observed).
func (c *Client) exchange(ctx context.Context, secret string, send func(context.Context, httpapi.Request) ([]byte, error)) (httpapi.Token, error) {
	request := httpapi.Request{
		Method: RouteToken.Method, Path: RouteToken.Path, Class: RouteToken.Class, Open: true, SecretAnswer: true,
		Form: url.Values{"grant_type": {"client_credentials"}, "scope": {scope}, "client_id": {c.config.ClientID}, "client_secret": {secret}},
	}
	body, err := send(ctx, request)
	if err != nil {
		var refused *httpapi.Error
		if errors.As(err, &refused) && httpapi.IsRefusal(err) {
			refused.Hint = httpapi.Hint{Text: wrongClient, Sure: true, OfAll: true}
		}
		return httpapi.Token{}, err
	}
	token, err := decodeToken(body)
	if err != nil {
		return httpapi.Token{}, c.http.Unusable(request, err)
	}
	c.account.Store(accountOf(token.Value))
	return token, nil
}

// decodeToken reads the answer. Its errors quote none of it.
func decodeToken(body []byte) (httpapi.Token, error) {
	answer, err := decodeObject[struct {
		AccessToken string      `json:"access_token"`
		TokenType   string      `json:"token_type"`
		ExpiresIn   json.Number `json:"expires_in"`
	}](body)
	switch {
	case err != nil:
		return httpapi.Token{}, err
	case answer.AccessToken == "" || strings.IndexFunc(answer.AccessToken, func(r rune) bool { return r <= ' ' || r > '~' }) >= 0:
		return httpapi.Token{}, errors.New("it has no access_token that could be sent")
	case answer.TokenType != "" && !strings.EqualFold(answer.TokenType, "Bearer"):
		return httpapi.Token{}, errors.New("its token_type is not Bearer")
	}
	seconds, err := answer.ExpiresIn.Float64()
	if answer.ExpiresIn != "" && (err != nil || seconds <= 0 || seconds > math.MaxInt32) {
		return httpapi.Token{}, errors.New("its expires_in is no number of seconds")
	}
	return httpapi.Token{Value: answer.AccessToken, Lifetime: time.Duration(seconds * float64(time.Second))}, nil
}

// accountOf reads the claim account_id of a token that is a JWT; empty if there is none. The signature
// is not verified: the claim only goes back to whoever issued the token.
func accountOf(token string) string {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return ""
	}
	payload, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	if err != nil {
		return ""
	}
	var claims struct {
		AccountID any `json:"account_id"`
	}
	if json.Unmarshal(payload, &claims) != nil {
		return ""
	}
	if id, _ := claims.AccountID.(string); isWord(id) {
		return id
	}
	return ""
}
