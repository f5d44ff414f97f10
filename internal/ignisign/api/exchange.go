package api

import (
	"context"
	"errors"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
)

// exchange returns what gets a token of one version of the API for an old key (documented). How long
// a token lasts is unknown but for what it says itself; see [Expiry].
func (c *Client) exchange(version Version) httpapi.Exchange {
	return func(ctx context.Context, secret string, send func(context.Context, httpapi.Request) ([]byte, error)) (httpapi.Token, error) {
		call := newCall(routeToken, version)
		call.Open, call.SecretAnswer = true, true
		call.Body = struct {
			AppID  string `json:"appId"`
			AppEnv string `json:"appEnv"`
			Secret string `json:"secret"`
		}{c.appID, c.environment, secret}
		body, err := send(ctx, call.Request)
		if err != nil {
			return httpapi.Token{}, c.hinted(call, err)
		}
		var answer struct {
			Token string `json:"jwtToken"`
		}
		err = decodeObject(body, &answer)
		if err == nil && answer.Token == "" {
			err = errors.New("it has no jwtToken")
		}
		if err != nil {
			return httpapi.Token{}, c.unusable(call, err)
		}
		token := httpapi.Token{Value: answer.Token}
		if ends := Expiry(answer.Token); !ends.IsZero() {
			// One that has ended by this machine's clock is used until it is refused.
			token.Lifetime = max(0, time.Until(ends))
		}
		return token, nil
	}
}
