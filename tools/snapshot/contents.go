package main

import (
	"bytes"
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
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
)

// A contents is a list of what is in a binary, as CycloneDX 1.6 writes it in JSON
// (https://cyclonedx.org/docs/1.6/json/), as far as it is compared.
type contents struct {
	Format   string `json:"bomFormat"`
	Metadata struct {
		Tools      []component `json:"tools"`
		Component  component   `json:"component"`
		Properties []struct {
			Name  string `json:"name"`
			Value string `json:"value"`
		} `json:"properties"`
	} `json:"metadata"`
	Components []component `json:"components"`
}

// A component is a module with its version.
type component struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	Hashes  []struct {
		Algorithm string `json:"alg"`
		Content   string `json:"content"`
	} `json:"hashes"`
}

// String is the module as a line: its path, its version, and the SHA-256 of its files if it is known.
func (c component) String() string {
	line := c.Name + " " + c.Version
	for _, hash := range c.Hashes {
		if hash.Algorithm == "SHA-256" {
			line += " " + hash.Content
		}
	}
	return line
}

// binaryHash is the property that has the digest of the binary.
const binaryHash = "cdx:gomod:binary:hash:SHA-256"

// checkContents compares the list of contents of each archive with the binary in it, and says how many
// modules there are.
func (r release) checkContents(directory string) (string, error) {
	var said []string
	for _, name := range append([]string{signpath}, withoutNetwork...) {
		archive := r.archive(name)
		target := filepath.Join(directory, "contents", name)
		if err := errors.Join(os.MkdirAll(target, 0o700), unpackZip(filepath.Join(r.directory, archive), target)); err != nil {
			return "", fmt.Errorf("%s: %w", archive, err)
		}
		count, err := r.compareContents(archive, filepath.Join(target, fmt.Sprintf("terraform-provider-%s_v%s", name, r.version)))
		if err != nil {
			return "", err
		}
		said = append(said, fmt.Sprintf("%s %d", name, count))
	}
	count, err := r.compareContents(r.companion(), filepath.Join(directory, companion))
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("the lists of contents have the modules of the binaries: %s, %s %d", strings.Join(said, ", "), companion, count), nil
}

// compareContents compares one list with a binary that was unpacked, and counts the modules.
func (r release) compareContents(archive, binary string) (modules int, err error) {
	document, err := os.ReadFile(filepath.Join(r.directory, strings.TrimSuffix(strings.TrimSuffix(archive, ".zip"), ".tar.gz")+".cdx.json"))
	if err != nil {
		return 0, err
	}
	content, err := os.ReadFile(binary) //nolint:gosec // It was just unpacked.
	if err != nil {
		return 0, err
	}
	info, err := buildinfo.Read(bytes.NewReader(content))
	if err != nil {
		return 0, fmt.Errorf("%s: %w", binary, err)
	}
	if err := compareContents(document, content, info, r.version); err != nil {
		return 0, fmt.Errorf("the list of contents of %s: %w", archive, err)
	}
	return len(info.Deps), nil
}

// compareContents compares a list with a binary, and with what "go version -m" tells of it. The version
// is that of the release, which only the program itself knows beside the list.
func compareContents(document, binary []byte, info *debug.BuildInfo, version string) error {
	var listed contents
	if err := json.Unmarshal(document, &listed); err != nil {
		return err
	}
	if main := listed.Metadata.Component; listed.Format != "CycloneDX" || main.Name != info.Main.Path || main.Version != "v"+version {
		return fmt.Errorf("it is of %s %s as %s, and the binary is of %s v%s", main.Name, main.Version, listed.Format, info.Main.Path, version)
	}
	for _, tool := range listed.Metadata.Tools {
		if len(tool.Hashes) > 0 {
			return fmt.Errorf("it has the hash of %s, which is another one on each machine", tool.Name)
		}
	}
	var digest string
	for _, property := range listed.Metadata.Properties {
		if property.Name == binaryHash {
			digest = property.Value
		}
	}
	if sum := sha256.Sum256(binary); digest != hex.EncodeToString(sum[:]) {
		return fmt.Errorf("it is of a binary with the digest %q, and this one has %x", digest, sum)
	}
	missing := map[string]bool{"std " + info.GoVersion: true}
	for _, module := range info.Deps {
		line, err := lineOf(module)
		if err != nil {
			return err
		}
		missing[line] = true
	}
	for _, c := range listed.Components {
		if !missing[c.String()] {
			return fmt.Errorf("it has %s, and the binary has not", c)
		}
		delete(missing, c.String())
	}
	if len(missing) > 0 {
		return fmt.Errorf("the binary has %s, and it has not", strings.Join(slices.Sorted(maps.Keys(missing)), ", "))
	}
	return nil
}

// lineOf is the module that was built, as [component.String] has it.
func lineOf(module *debug.Module) (string, error) {
	if module.Replace != nil {
		module = module.Replace
	}
	sum, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(module.Sum, "h1:"))
	return fmt.Sprintf("%s %s %x", module.Path, module.Version, sum), err
}

// companion has the name of the archive of signpathctl for this platform.
func (r release) companion() string {
	return fmt.Sprintf("%s_%s_%s_%s.tar.gz", companion, r.version, runtime.GOOS, runtime.GOARCH)
}
