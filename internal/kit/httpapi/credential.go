package httpapi

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync"
)

// A credential proves to the server who sends a request: by the secret itself, or by a token that
// the server gives for it. Without a secret it proves nothing.
type credential struct {
	secret string
	// shape finds the secret in what a server echoes, and what of it is secret by itself.
	shape *regexp.Regexp
	// others finds whatever looks like a secret of the vendor; nil if nothing does.
	others *regexp.Regexp
	// issued are the tokens that the server gave for it.
	issued *issued
}

// shortestPart is how long a part of a secret is that is looked for by itself: a shorter one could be a
// part of any word.
const shortestPart = 8

func newCredential(secret string, names Secret) credential {
	shape := secretPattern(secret)
	if names.Part != nil {
		if part := names.Part(secret); len(part) >= shortestPart {
			shape = regexp.MustCompile(shape.String() + "|" + secretPattern(part).String())
		}
	}
	return credential{secret, shape, names.Shape, &issued{}}
}

// issued are tokens that must not be shown, also after their end.
type issued struct {
	mutex  sync.Mutex
	shapes []*regexp.Regexp
}

func (i *issued) note(token string) {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	i.shapes = append(i.shapes, secretPattern(token))
}

// tokenHidden stands where the secret or a token was.
const tokenHidden = "(token)"

func (c credential) hide(text string) string {
	if c.others != nil {
		text = c.others.ReplaceAllString(text, tokenHidden)
	}
	if c.secret == "" {
		return text
	}
	text = c.shape.ReplaceAllString(text, tokenHidden)
	c.issued.mutex.Lock()
	defer c.issued.mutex.Unlock()
	for _, shape := range c.issued.shapes {
		text = shape.ReplaceAllString(text, tokenHidden)
	}
	return text
}

// hideIn takes the secret out of an error: one about a malformed answer could quote it.
func (c credential) hideIn(err error) error {
	if text := c.hide(err.Error()); text != err.Error() {
		return errors.New(text)
	}
	return err
}

func authorize(header http.Header, token string) {
	if token != "" {
		header.Set("Authorization", "Bearer "+token)
	}
}

// ReadSecret returns the secret, from wherever it is, and what is wrong with it: for a vendor
// whose secrets say something beside what they prove.
func (c Config) ReadSecret() (secret string, wrong ConfigErrors) {
	secret = c.readSecret(&wrong)
	return secret, wrong
}

// readSecret returns the secret, from wherever it is.
func (c Config) readSecret(wrong *ConfigErrors) string {
	names := c.Service.Secret
	if c.Anonymous {
		return ""
	}
	if c.SecretFile == "" {
		wrong.add(names.Field, c.Service.refuseSecret(c.Secret))
		return c.Secret
	}
	if c.Secret != "" {
		wrong.add(names.File, fmt.Sprintf("Both the %s and a file with it are set. Set one of %s and %s, or one of the environment variables %s and %s.",
			names.Noun, names.Field, names.File, c.Service.Environment[names.Field], c.Service.Environment[names.File]))
		return ""
	}
	content, reason := ReadSettingFile(c.SecretFile)
	if reason != "" {
		wrong.add(names.File, reason)
		return ""
	}
	secret := strings.TrimSpace(string(content))
	if secret == "" {
		wrong.add(names.File, fmt.Sprintf("%s is empty. It must hold the %s and nothing else.", quotePath(c.SecretFile), names.Noun))
		return ""
	}
	wrong.add(names.File, c.Service.refuseSecret(secret))
	return secret
}

// refuseSecret never quotes the secret, not even a wrong one.
func (s Service) refuseSecret(secret string) string {
	names := s.Secret
	if secret == "" {
		return fmt.Sprintf("No %s is set. Set the environment variable %s (or %s) to %s, or %s to the path of a file that holds it.",
			names.Noun, s.Environment[names.Field], names.Field, names.Wanted, names.File)
	}
	if names.Refuse != nil {
		if reason := names.Refuse(secret); reason != "" {
			return reason
		}
	}
	switch {
	case strings.HasPrefix(strings.ToLower(secret), "bearer "):
		return fmt.Sprintf("The %s begins with \"Bearer\". Leave that word out; it belongs to the HTTP header.", names.Noun)
	case strings.IndexFunc(secret, isNotPrintableASCII) >= 0:
		return fmt.Sprintf("The %s contains white space or another character that none has. It was probably copied with something around it.", names.Noun)
	}
	return ""
}

func isNotPrintableASCII(r rune) bool { return r <= ' ' || r > '~' }
