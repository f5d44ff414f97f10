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

// listSuffix is how the name of a list ends, which begins like that of its archive.
const listSuffix = ".cdx.json"

// binaryHash is the property that has the digest of the binary.
const binaryHash = "cdx:gomod:binary:hash:SHA-256"

// checkContents compares the list of contents of each archive with the binary in it, and says how many
// modules there are. An archive without a list is an error, and so is a list without an archive.
func (r release) checkContents(directory string) (string, error) {
	lists, err := filepath.Glob(filepath.Join(r.directory, "*"+listSuffix))
	if err != nil {
		return "", err
	}
	missing := map[string]bool{}
	for _, pattern := range []string{"*.zip", "*.tar.gz"} {
		archives, err := filepath.Glob(filepath.Join(r.directory, pattern))
		if err != nil {
			return "", err
		}
		for _, archive := range archives {
			missing[filepath.Base(archive)] = true
		}
	}
	modules := 0
	for _, list := range lists {
		name := strings.TrimSuffix(filepath.Base(list), listSuffix)
		archive := name + ".zip"
		if !missing[archive] {
			archive = name + ".tar.gz"
		}
		delete(missing, archive)
		of, err := r.compareContents(archive, list, filepath.Join(directory, "contents", name))
		if err != nil {
			return "", fmt.Errorf("the list of contents of %s: %w", archive, err)
		}
		modules += of
	}
	for archive := range missing {
		return "", fmt.Errorf("there is no list of contents of %s", archive)
	}
	return fmt.Sprintf("%d lists of contents have the modules of the binaries, %d in all", len(lists), modules), nil
}

// compareContents unpacks an archive into a new folder, compares its list with the binary in it, and counts the modules.
func (r release) compareContents(archive, list, folder string) (modules int, err error) {
	document, err := os.ReadFile(list) //nolint:gosec // It is of the release.
	if err != nil {
		return 0, err
	}
	program, _, _ := strings.Cut(archive, "_")
	if program != companion {
		program += "_v" + r.version
	}
	if strings.Contains(archive, "_windows_") {
		program += ".exe"
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return 0, err
	}
	path := filepath.Join(folder, program)
	if strings.HasSuffix(archive, ".zip") {
		err = unpackZip(filepath.Join(r.directory, archive), folder)
	} else {
		err = unpackTar(filepath.Join(r.directory, archive), program, path)
	}
	if err != nil {
		return 0, err
	}
	content, err := os.ReadFile(path) //nolint:gosec // It was just unpacked.
	if err != nil {
		return 0, err
	}
	info, err := buildinfo.Read(bytes.NewReader(content))
	if err != nil {
		return 0, fmt.Errorf("%s: %w", program, err)
	}
	return len(info.Deps), errors.Join(compareContents(document, content, info, r.version), os.RemoveAll(folder))
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
