package httpapi

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
)

// A credential proves to the server who sends a request. A scheme other than a
// token that is sent as it is would be another credential. Without a token it proves
// nothing.
type credential struct {
	token string
	// shape finds the token in what a server echoes.
	shape *regexp.Regexp
}

func newCredential(token string) credential { return credential{token, secretPattern(token)} }

func (c credential) authorize(header http.Header) {
	if c.token != "" {
		header.Set("Authorization", "Bearer "+c.token)
	}
}

// tokenHidden stands where the token was.
const tokenHidden = "(token)"

func (c credential) hide(text string) string {
	if c.token == "" {
		return text
	}
	return c.shape.ReplaceAllString(text, tokenHidden)
}

// hideIn takes the token out of an error: one about a malformed answer could quote it.
func (c credential) hideIn(err error) error {
	if text := c.hide(err.Error()); text != err.Error() {
		return errors.New(text)
	}
	return err
}

// readToken returns the token, from wherever it is.
func (c Config) readToken(wrong *ConfigErrors) string {
	if c.Anonymous {
		return ""
	}
	if c.TokenFile == "" {
		wrong.add(FieldToken, c.Service.refuseToken(c.Token))
		return c.Token
	}
	if c.Token != "" {
		wrong.add(FieldTokenFile, fmt.Sprintf("Both a token and a file with a token are set. Set one of %s and %s, or one of the environment variables %s and %s.",
			FieldToken, FieldTokenFile, c.Service.Environment[FieldToken], c.Service.Environment[FieldTokenFile]))
		return ""
	}
	content, reason := readSettingFile(c.TokenFile)
	if reason != "" {
		wrong.add(FieldTokenFile, reason)
		return ""
	}
	token := strings.TrimSpace(string(content))
	if token == "" {
		wrong.add(FieldTokenFile, quotePath(c.TokenFile)+" is empty. It must hold the API token and nothing else.")
		return ""
	}
	wrong.add(FieldTokenFile, c.Service.refuseToken(token))
	return token
}

// refuseToken never quotes the token, not even a wrong one.
func (s Service) refuseToken(token string) string {
	if token == "" {
		return fmt.Sprintf("No API token is set. Set the environment variable %s (or %s) to the token of %s, or %s to the path of a file that holds it.",
			s.Environment[FieldToken], FieldToken, s.TokenOwner, FieldTokenFile)
	}
	if s.RefuseToken != nil {
		if reason := s.RefuseToken(token); reason != "" {
			return reason
		}
	}
	switch {
	case strings.HasPrefix(strings.ToLower(token), "bearer "):
		return "The API token begins with \"Bearer\". Leave that word out; it belongs to the HTTP header."
	case strings.IndexFunc(token, isNotPrintableASCII) >= 0:
		return "The API token contains white space or another character that no token has. It was probably copied with something around it."
	}
	return ""
}

func isNotPrintableASCII(r rune) bool { return r <= ' ' || r > '~' }
