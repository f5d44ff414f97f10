package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
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

// A release of which each archive has this test as its program: for Windows too, as no program is run.
func TestCheckContents(t *testing.T) {
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	info, err := buildinfo.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	list := listFor(t, program, info)
	files := map[string][]byte{
		"terraform-provider-signpath_1.0.0_linux_amd64.cdx.json":   list,
		"terraform-provider-signpath_1.0.0_linux_amd64.zip":        zipOf(t, "terraform-provider-signpath_v1.0.0", program),
		"terraform-provider-ignisign_1.0.0_windows_arm64.cdx.json": list,
		"terraform-provider-ignisign_1.0.0_windows_arm64.zip":      zipOf(t, "terraform-provider-ignisign_v1.0.0.exe", program),
		"signpathctl_1.0.0_windows_amd64.cdx.json":                 list,
		"signpathctl_1.0.0_windows_amd64.zip":                      zipOf(t, "signpathctl.exe", program),
		"signpathctl_1.0.0_darwin_arm64.cdx.json":                  list,
		"signpathctl_1.0.0_darwin_arm64.tar.gz":                    tarOf(t, "signpathctl", program),
	}
	check := func(name string, content []byte) (string, error) {
		folder := t.TempDir()
		changed := maps.Clone(files)
		changed[name] = content
		for name, content := range changed {
			if content == nil {
				continue
			}
			if err := os.WriteFile(filepath.Join(folder, name), content, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		return release{directory: folder, version: "1.0.0"}.checkContents(t.TempDir())
	}
	if said, err := check("metadata.json", nil); err != nil || !strings.HasPrefix(said, "4 lists of contents") {
		t.Errorf("%q, %v", said, err)
	}
	other := append(bytes.Clone(program), 0)
	for name, c := range map[string]struct {
		file    string
		content []byte
		want    string
	}{
		"no list":                     {"signpathctl_1.0.0_windows_amd64.cdx.json", nil, "there is no list of contents of signpathctl_1.0.0_windows_amd64.zip"},
		"no archive":                  {"signpathctl_1.0.0_darwin_arm64.tar.gz", nil, "signpathctl_1.0.0_darwin_arm64.tar.gz: no such file"},
		"another program for Windows": {"signpathctl_1.0.0_windows_amd64.zip", zipOf(t, "signpathctl.exe", other), "it is of a binary with the digest"},
		"another program for macOS":   {"signpathctl_1.0.0_darwin_arm64.tar.gz", tarOf(t, "signpathctl", other), "it is of a binary with the digest"},
		"another name":                {"signpathctl_1.0.0_darwin_arm64.tar.gz", tarOf(t, "other", program), "signpathctl: EOF"},
	} {
		if said, err := check(c.file, c.content); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %q, %v, want %q", name, said, err, c.want)
		}
	}
}

// listFor is a list of contents of a binary, of the version 1.0.0.
func listFor(t *testing.T, binary []byte, info *debug.BuildInfo) []byte {
	t.Helper()
	type hash map[string]string
	components := []map[string]any{{"name": "std", "version": info.GoVersion}}
	for _, module := range info.Deps {
		sum, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(module.Sum, "h1:"))
		if err != nil {
			t.Fatal(err)
		}
		components = append(components, map[string]any{
			"name": module.Path, "version": module.Version, "hashes": []hash{{"alg": "SHA-256", "content": hex.EncodeToString(sum)}},
		})
	}
	list, err := json.Marshal(map[string]any{
		"bomFormat": "CycloneDX", "components": components,
		"metadata": map[string]any{
			"component":  map[string]string{"name": info.Main.Path, "version": "v1.0.0"},
			"properties": []hash{{"name": binaryHash, "value": fmt.Sprintf("%x", sha256.Sum256(binary))}},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// zipOf and tarOf are archives of one program.
func zipOf(t *testing.T, name string, program []byte) []byte {
	t.Helper()
	var archive bytes.Buffer
	writer := zip.NewWriter(&archive)
	entry, err := writer.CreateHeader(&zip.FileHeader{Name: name})
	if err == nil {
		_, err = entry.Write(program)
	}
	if err := errors.Join(err, writer.Close()); err != nil {
		t.Fatal(err)
	}
	return archive.Bytes()
}

func tarOf(t *testing.T, name string, program []byte) []byte {
	t.Helper()
	var archive bytes.Buffer
	zipped, err := gzip.NewWriterLevel(&archive, gzip.NoCompression)
	if err != nil {
		t.Fatal(err)
	}
	writer := tar.NewWriter(zipped)
	err = writer.WriteHeader(&tar.Header{Name: name, Mode: 0o755, Size: int64(len(program))})
	if err == nil {
		_, err = writer.Write(program)
	}
	if err := errors.Join(err, writer.Close(), zipped.Close()); err != nil {
		t.Fatal(err)
	}
	return archive.Bytes()
}
