package api

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"
)

// The latest time that is believed to be an expiry: the end of the year 9999.
const latestExpiry = 253_402_300_799

// Expiry returns when a JSON Web Token ends, by its claim exp in seconds (observed: the Node SDK
// goes by it). It verifies nothing: what the server does with the token decides. It returns the
// zero time for a token that does not say, or that is none; such a one is used until it is refused.
func Expiry(token string) time.Time {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return time.Time{}
	}
	payload, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	if err != nil {
		return time.Time{}
	}
	var claims struct {
		Expiry *float64 `json:"exp"`
	}
	if json.Unmarshal(payload, &claims) != nil || claims.Expiry == nil || *claims.Expiry <= 0 || *claims.Expiry > latestExpiry {
		return time.Time{}
	}
	return time.Unix(int64(*claims.Expiry), 0)
}
