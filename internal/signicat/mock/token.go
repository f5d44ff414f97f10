package mock

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/mockserver"
)

// session is whose token it is, and until when.
type session struct {
	client ClientSeed
	ends   time.Time
}

// issueToken answers a token by client credentials (.NET SDK).
func (s *Server) issueToken(c *mockserver.Call) mockserver.Answer {
	client, refused := s.authenticateClient(c)
	if refused != nil {
		return s.refuse(refused)
	}
	lifetime := s.dialect.tokenLifetime()
	claims := map[string]any{
		"iss": "https://api.signicat.com/auth/open", "client_id": client.ID, "scope": tokenScope, "jti": s.newID(),
		"iat": c.At.Unix(), "exp": c.At.Add(lifetime).Unix(),
	}
	if client.Account != "" && !s.dialect.NoAccountClaim {
		claims["account_id"] = client.Account
	}
	token := s.sign(claims)
	s.sessions[token] = session{client, c.At.Add(lifetime)}
	answer := mockserver.JSON(http.StatusOK, map[string]any{
		"access_token": token, "expires_in": int(lifetime.Seconds()), "token_type": "Bearer", "scope": tokenScope,
	})
	answer.Caller = client.ID
	return answer
}

const (
	tokenGrantType = "client_credentials"
	tokenScope     = "signicat-api"
)

func (s *Server) authenticateClient(c *mockserver.Call) (ClientSeed, *refusal) {
	oauth := func(status int, code, detail string) *refusal {
		return &refusal{status: status, oauth: code, detail: detail}
	}
	mediaType, _, err := mime.ParseMediaType(c.Request.Header.Get("Content-Type"))
	form, formErr := url.ParseQuery(string(c.Content))
	if err != nil || mediaType != "application/x-www-form-urlencoded" || formErr != nil {
		return ClientSeed{}, oauth(http.StatusBadRequest, "invalid_request", "The body is no form.")
	}
	switch {
	case form.Get("grant_type") != tokenGrantType:
		return ClientSeed{}, oauth(http.StatusBadRequest, "unsupported_grant_type", "The grant type is not "+tokenGrantType+".")
	case form.Get("scope") != tokenScope:
		return ClientSeed{}, oauth(http.StatusBadRequest, "invalid_scope", "The scope is not "+tokenScope+".")
	}
	id, secret := form.Get("client_id"), form.Get("client_secret")
	byBasic := c.Request.Header.Get("Authorization") != ""
	if byBasic {
		id, secret = basicCredentials(c.Request)
	}
	isTaken := s.dialect.ClientAuthentication == ClientAuthenticationAny ||
		byBasic == (s.dialect.ClientAuthentication == ClientAuthenticationBasic)
	for _, client := range s.clients {
		if isTaken && client.ID == id && client.Secret == secret && secret != "" {
			return client, nil
		}
	}
	return ClientSeed{}, oauth(http.StatusUnauthorized, "invalid_client", "The client is not known, or its secret is wrong.")
}

// basicCredentials are form-encoded in HTTP Basic (RFC 6749, 2.3.1). Clients that leave that out are understood as well.
func basicCredentials(r *http.Request) (id, secret string) {
	id, secret, _ = r.BasicAuth()
	if plain, err := url.QueryUnescape(id); err == nil {
		id = plain
	}
	if plain, err := url.QueryUnescape(secret); err == nil {
		secret = plain
	}
	return id, secret
}

// sign makes a JWT.
func (s *Server) sign(claims map[string]any) string {
	encoded, err := json.Marshal(claims)
	if err != nil {
		panic("mock: " + err.Error()) // They are texts and numbers.
	}
	encode := base64.RawURLEncoding.EncodeToString
	signed := encode([]byte(`{"alg":"HS256","typ":"at+jwt"}`)) + "." + encode(encoded)
	signature := hmac.New(sha256.New, s.signingKey)
	signature.Write([]byte(signed))
	return signed + "." + encode(signature.Sum(nil))
}

// EndTokens makes all tokens end now, before their time.
func (s *Server) EndTokens() {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.sessions = map[string]session{}
}

// caller is the API client of a request.
func (s *Server) caller(c *mockserver.Call) (ClientSeed, *refusal) {
	scheme, token, _ := strings.Cut(c.Request.Header.Get("Authorization"), " ")
	found, known := s.sessions[token]
	switch {
	case !strings.EqualFold(scheme, "Bearer") || token == "":
		return ClientSeed{}, unauthorized("The request has no token.")
	case !known:
		return ClientSeed{}, unauthorized("The token is not valid.")
	case !c.At.Before(found.ends):
		return ClientSeed{}, unauthorized("The token has expired.")
	}
	return found.client, nil
}
