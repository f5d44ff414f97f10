package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"runtime/debug"
	"strings"
	"testing"
)

// built is what a binary tells of itself.
func built() *debug.BuildInfo {
	return &debug.BuildInfo{
		GoVersion: "go1.26.8", Main: debug.Module{Path: "example.com/program"},
		Deps: []*debug.Module{
			{Path: "example.com/a", Version: "v1.2.3", Sum: "h1:AQID"},
			{Path: "example.com/b", Version: "v0.1.0", Replace: &debug.Module{Path: "example.com/fork", Version: "v0.1.1", Sum: "h1:BAUG"}},
		},
	}
}

// listOf is a list of contents as the generator writes it.
func listOf(binary []byte) string {
	return fmt.Sprintf(`{
  "bomFormat": "CycloneDX", "specVersion": "1.6",
  "metadata": {
    "tools": [{"name": "generator", "version": "v1.10.0"}],
    "component": {"type": "application", "name": "example.com/program", "version": "v1.0.0"},
    "properties": [{"name": "cdx:gomod:binary:hash:SHA-1", "value": "00"}, {"name": "cdx:gomod:binary:hash:SHA-256", "value": "%x"}]
  },
  "components": [
    {"type": "library", "name": "example.com/a", "version": "v1.2.3", "hashes": [{"alg": "SHA-256", "content": "010203"}]},
    {"type": "library", "name": "example.com/fork", "version": "v0.1.1", "hashes": [{"alg": "SHA-256", "content": "040506"}]},
    {"type": "library", "name": "std", "version": "go1.26.8"}
  ]
}`, sha256.Sum256(binary))
}

func TestCompareContents(t *testing.T) {
	binary := []byte("a program")
	if err := compareContents([]byte(listOf(binary)), binary, built(), "1.0.0"); err != nil {
		t.Error(err)
	}
	for name, c := range map[string]struct{ from, to, want string }{
		"no list":          {"{", "", "invalid character"},
		"its generator":    {`"v1.10.0"}`, `"v1.10.0", "hashes": [{"alg": "SHA-256", "content": "07"}]}`, "it has the hash of generator"},
		"no digest":        {"SHA-256\", \"value", "SHA-512\", \"value", `it is of a binary with the digest ""`},
		"another format":   {"CycloneDX", "SPDX", "as SPDX"},
		"another program":  {"example.com/program", "example.com/other", "it is of example.com/other v1.0.0"},
		"another release":  {`"v1.0.0"`, `"v1.0.1"`, "it is of example.com/program v1.0.1"},
		"another version":  {"v1.2.3", "v1.2.4", "it has example.com/a v1.2.4 010203, and the binary has not"},
		"another content":  {"040506", "040507", "it has example.com/fork v0.1.1 040507"},
		"another module":   {`{"type": "library", "name": "std"`, `{"name": "example.com/c", "version": "v1.0.0"}, {"name": "std"`, "it has example.com/c v1.0.0"},
		"a module twice":   {`{"type": "library", "name": "std"`, `{"name": "std", "version": "go1.26.8"}, {"name": "std"`, "it has std go1.26.8"},
		"the first module": {`"name": "example.com/fork"`, `"name": "example.com/b"`, "it has example.com/b v0.1.1"},
		"a compiler":       {"go1.26.8", "go1.26.7", "it has std go1.26.7"},
	} {
		changed := strings.Replace(listOf(binary), c.from, c.to, 1)
		if err := compareContents([]byte(changed), binary, built(), "1.0.0"); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	const otherDigest = "it is of a binary with the digest"
	if err := compareContents([]byte(listOf(binary)), []byte("another"), built(), "1.0.0"); err == nil || !strings.Contains(err.Error(), otherDigest) {
		t.Errorf("another binary: %v", err)
	}
	for _, property := range []string{"components", "metadata"} {
		var list map[string]any
		if err := json.Unmarshal([]byte(listOf(binary)), &list); err != nil {
			t.Fatal(err)
		}
		delete(list, property)
		var without bytes.Buffer
		if err := json.NewEncoder(&without).Encode(list); err != nil {
			t.Fatal(err)
		}
		if err := compareContents(without.Bytes(), binary, built(), "1.0.0"); err == nil {
			t.Errorf("a list without %s is right", property)
		}
	}
}
