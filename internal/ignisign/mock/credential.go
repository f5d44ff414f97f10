package mock

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"
)

const (
	statusActive  = "ACTIVE"
	statusRevoked = "REVOCATED" // so the data models spell it
)

// isNewKey tells whether a credential is a new key. Documented: those are sent as they are.
func isNewKey(credential string) bool { return strings.HasPrefix(credential, "skv2_") }

// newKeyPrefix is what a new key begins with. Observed: prefix, environment in lower case, application without "appId_",
// and secret, with "_" between them.
func newKeyPrefix(application, environment string) string {
	return "skv2_" + strings.ToLower(environment) + "_" + strings.TrimPrefix(application, "appId_") + "_"
}

// authenticate takes new keys as they are, and the tokens that old keys were exchanged for. That these are refused with 401,
// and with which codes, is an assumption.
func (c *call) authenticate() *refusal {
	credential, refused := bearer(c.Request.Header)
	if refused != nil {
		return refused
	}
	if !isNewKey(credential) {
		return c.authenticateToken(credential)
	}
	if c.version == "v3" && c.dialect.NewKeysOnV4Only {
		return refuse(http.StatusUnauthorized, "INVALID_AUTH_JWT_TOKEN", "The token is not valid.")
	}
	return c.authenticateKey(func(key *APIKey) bool { return key.Secret == credential })
}

func bearer(header http.Header) (credential string, refused *refusal) {
	scheme, credential, _ := strings.Cut(header.Get("Authorization"), " ")
	switch {
	case scheme == "":
		return "", refuse(http.StatusUnauthorized, "AUTH_HEADER_NOT_FOUND", "There is no Authorization header.")
	case !strings.EqualFold(scheme, "Bearer"):
		return "", refuse(http.StatusUnauthorized, "AUTH_HEADER_NOT_BEARER", "The Authorization header is not one of a bearer.")
	case strings.TrimSpace(credential) == "":
		return "", refuse(http.StatusUnauthorized, "AUTH_HEADER_NO_TOKEN", "The Authorization header has no token.")
	}
	return credential, nil
}

func (c *call) authenticateKey(isMeant func(*APIKey) bool) *refusal {
	for i := range c.application.APIKeys {
		if key := &c.application.APIKeys[i]; key.Secret != "" && isMeant(key) && key.Status == statusActive {
			c.key = key
			return nil
		}
	}
	return refuse(http.StatusUnauthorized, "API_KEY_NOT_FOUND", "There is no such key.")
}

// claims are those of a token. Observed: a client reads exp, in seconds.
type claims struct {
	Application string `json:"appId"`
	Environment string `json:"appEnv"`
	Key         string `json:"keyId"`
	IssuedAt    int64  `json:"iat"`
	Expires     int64  `json:"exp"`
}

func (c *call) authenticateToken(token string) *refusal {
	signed, signature, _ := cutLast(token, ".")
	_, payload, isToken := strings.Cut(signed, ".")
	var held claims
	decoded, err := base64.RawURLEncoding.DecodeString(payload)
	if !isToken || err != nil || !hmac.Equal([]byte(signature), []byte(c.sign(signed))) || json.Unmarshal(decoded, &held) != nil {
		return refuse(http.StatusUnauthorized, "INVALID_AUTH_JWT_TOKEN", "The token is not valid.")
	}
	if !c.now.Before(time.Unix(held.Expires, 0)) {
		return refuse(http.StatusUnauthorized, "OUTDATED_AUTH_JWT_TOKEN", "The token has expired.")
	}
	return c.authenticateKey(func(key *APIKey) bool { return key.ID == held.Key })
}

func cutLast(text, separator string) (before, after string, found bool) {
	at := strings.LastIndex(text, separator)
	if at < 0 {
		return text, "", false
	}
	return text[:at], text[at+len(separator):], true
}

// exchange answers a token for an old key of an application and an environment (documented).
func (c *call) exchange() (any, *refusal) {
	body, refused := c.body()
	if refused != nil {
		return nil, refused
	}
	application, environment, secret := text(body, "appId"), text(body, "appEnv"), text(body, "secret")
	if application == "" || !slices.Contains(environments, environment) || secret == "" {
		return nil, refuse(http.StatusBadRequest, "API_AUTH_BAD_REQUEST", "appId, appEnv and secret are required.")
	}
	isMeant := func(key *APIKey) bool {
		return key.Secret == secret && !isNewKey(secret) && key.Environment == environment && c.application.Application.ID == application
	}
	if c.authenticateKey(isMeant) != nil {
		return nil, refuse(http.StatusUnauthorized, "AUTHENTICATION_FAILED", "There is no such key of this application and environment.")
	}
	return object{"jwtToken": c.token(claims{
		Application: application, Environment: environment, Key: c.key.ID,
		IssuedAt: c.now.Unix(), Expires: c.now.Add(c.dialect.tokenLifetime()).Unix(),
	})}, nil
}

func (s *Server) token(held claims) string {
	payload, err := json.Marshal(held)
	if err != nil {
		panic("mock: " + err.Error()) // There are texts and numbers in it.
	}
	encode := base64.RawURLEncoding.EncodeToString
	signed := encode([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + encode(payload)
	return signed + "." + s.sign(signed)
}

func (s *Server) sign(text string) string {
	mac := hmac.New(sha256.New, s.signingKey)
	mac.Write([]byte(text))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}
