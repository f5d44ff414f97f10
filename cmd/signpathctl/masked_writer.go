package main

import (
	"encoding/base64"
	"fmt"
	"io"
	"strings"
)

// maskedToken stands where the secret was.
const maskedToken = "(token)"

// A maskedWriter passes on what is written to it, with something else in the place of a secret: as it
// is, with any of its special characters escaped as JSON, shells and URLs may have them, and the
// same in base64. What could be the beginning of the secret is held back until it is known. It takes
// everything, also where nothing can be written any more: an error would end the command that writes.
type maskedWriter struct {
	to    io.Writer
	forms [][]spellings
	held  string
	err   error
}

// spellings are those of one character.
type spellings []string

func newMaskedWriter(to io.Writer, secret string) *maskedWriter {
	return &maskedWriter{to: to, forms: [][]spellings{formOf(secret), formOf(base64.StdEncoding.EncodeToString([]byte(secret)))}}
}

func formOf(secret string) []spellings {
	var form []spellings
	for _, r := range secret {
		spelled := spellings{string(r)}
		if (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') {
			spelled = append(spelled, `\`+string(r), fmt.Sprintf(`\u%04X`, r), fmt.Sprintf(`\u%04x`, r), fmt.Sprintf("%%%02X", r), fmt.Sprintf("%%%02x", r))
		}
		form = append(form, spelled)
	}
	return form
}

// Write implements [io.Writer].
func (m *maskedWriter) Write(p []byte) (int, error) {
	var known strings.Builder
	rest := m.held + string(p)
	for rest != "" {
		length, isBegun := m.find(rest)
		if isBegun {
			break
		}
		if length > 0 {
			known.WriteString(maskedToken)
		} else {
			length = 1
			known.WriteByte(rest[0])
		}
		rest = rest[length:]
	}
	m.held = rest
	m.pass(known.String())
	return len(p), nil
}

// pass passes a text on, until one could not be written.
func (m *maskedWriter) pass(text string) {
	if m.err == nil {
		_, m.err = io.WriteString(m.to, text)
	}
}

// find returns how long the secret is with which a text begins, or 0, and whether the text is too short
// to tell.
func (m *maskedWriter) find(text string) (length int, isBegun bool) {
	for _, form := range m.forms {
		length, isBegun := match(text, form)
		if length > 0 || isBegun {
			return length, isBegun
		}
	}
	return 0, false
}

func match(text string, form []spellings) (length int, isBegun bool) {
	rest := text
next:
	for _, character := range form {
		for _, spelled := range character {
			if after, found := strings.CutPrefix(rest, spelled); found {
				rest = after
				continue next
			}
			if strings.HasPrefix(spelled, rest) {
				return 0, true
			}
		}
		return 0, false
	}
	return len(text) - len(rest), false
}

// Flush passes on what was held back, and returns the error of the first write that failed.
func (m *maskedWriter) Flush() error {
	m.pass(m.held)
	m.held = ""
	return m.err
}
