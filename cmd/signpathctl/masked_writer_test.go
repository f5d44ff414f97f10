package main

import (
	"bytes"
	"encoding/base64"
	"net/url"
	"strings"
	"testing"
)

// A secret is masked in each form, however the output is cut.
func TestMaskedWriter(t *testing.T) {
	const secret = "c2Vj/cmV0+dG9rZW4="
	for name, c := range map[string]struct{ printed, want string }{
		"as it is":         {"<" + secret + ">", "<(token)>"},
		"twice":            {secret + secret, "(token)(token)"},
		"in a URL":         {"?token=" + url.QueryEscape(secret) + "&x", "?token=(token)&x"},
		"in JSON":          {`"` + strings.NewReplacer("+", `\u002B`, "=", `\u003D`).Replace(secret) + `"`, `"(token)"`},
		"escaped in part":  {strings.ReplaceAll(secret, "=", "%3d"), "(token)"},
		"in JSON of PHP":   {`"` + strings.ReplaceAll(secret, "/", `\/`) + `"`, `"(token)"`},
		"in base64":        {base64.StdEncoding.EncodeToString([]byte(secret)) + "\n", "(token)\n"},
		"not at all":       {"c2Vj c2Vj/ c2", "c2Vj c2Vj/ c2"},
		"after a part":     {"c2Vj/c" + secret, "c2Vj/c(token)"},
		"nothing":          {"", ""},
		"all but the last": {secret[:len(secret)-1], secret[:len(secret)-1]},
	} {
		for size := 1; size <= max(len(c.printed), 1); size++ {
			var got bytes.Buffer
			masked := newMaskedWriter(&got, secret)
			for rest := []byte(c.printed); len(rest) > 0; {
				n := min(size, len(rest))
				if written, err := masked.Write(rest[:n]); err != nil || written != n {
					t.Fatalf("%d, %v", written, err)
				}
				rest = rest[n:]
			}
			if err := masked.Flush(); err != nil {
				t.Fatal(err)
			}
			if got.String() != c.want {
				t.Errorf("%s, in pieces of %d: %q, want %q", name, size, &got, c.want)
			}
		}
	}
}

// What cannot be the secret is not held back: a command may ask for something.
func TestMaskedWriterHoldsBackNoMore(t *testing.T) {
	var got bytes.Buffer
	masked := newMaskedWriter(&got, "c2VjcmV0")
	if _, err := masked.Write([]byte("Which one? ")); err != nil || got.String() != "Which one? " {
		t.Errorf("%q, %v", &got, err)
	}
}
