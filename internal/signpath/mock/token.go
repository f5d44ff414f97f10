package mock

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
)

// tokenBytes makes a token of 44 characters, as in the help of SignPath's PowerShell module.
const tokenBytes = 32

// newToken returns a token and its hash. Only the hash is kept: USR: the token is shown once.
func newToken() (token, hash string) {
	secret := make([]byte, tokenBytes)
	_, _ = rand.Read(secret) // never fails
	token = base64.StdEncoding.EncodeToString(secret)
	return token, hashToken(token)
}

func hashToken(token string) string {
	hash := sha256.Sum256([]byte(token))
	return hex.EncodeToString(hash[:])
}
