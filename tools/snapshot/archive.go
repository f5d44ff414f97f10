package main

import (
	"archive/tar"
	"archive/zip"
	"bufio"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
)

// manifest says which protocol the provider speaks. The release has it under a name
// of its own; the sums are those of the file in the repository.
const manifest = "terraform-registry-manifest.json"

// checkSums compares the sums with the files, and counts them.
func (r release) checkSums() (files int, err error) {
	sums, err := os.Open(filepath.Join(r.directory, fmt.Sprintf("%s_%s_SHA256SUMS", project, r.version)))
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, sums.Close()) }()
	missing := map[string]bool{r.archive(signpath): true, fmt.Sprintf("%s_%s_manifest.json", project, r.version): true}
	for _, name := range withoutNetwork {
		missing[r.archive(name)] = true
	}
	for lines := bufio.NewScanner(sums); lines.Scan(); files++ {
		want, name, _ := strings.Cut(lines.Text(), "  ")
		file := filepath.Join(r.directory, name)
		if strings.HasSuffix(name, "_manifest.json") {
			file = manifest
		}
		got, err := sum(file)
		if err != nil {
			return 0, err
		}
		if got != want {
			return 0, fmt.Errorf("the sum of %s is %s, and the release says %s", name, got, want)
		}
		delete(missing, name)
	}
	for name := range missing {
		return 0, fmt.Errorf("the release has no sum of %s", name)
	}
	return files, nil
}

func sum(file string) (string, error) {
	content, err := os.ReadFile(file) //nolint:gosec // The release names it.
	digest := sha256.Sum256(content)
	return hex.EncodeToString(digest[:]), err
}

// checkCompanion runs signpathctl from its archive, and returns what it says of itself.
func (r release) checkCompanion(ctx context.Context, directory string) (string, error) {
	binary, name := filepath.Join(directory, companion), r.companion()
	if err := unpackTar(filepath.Join(r.directory, name), companion, binary); err != nil {
		return "", fmt.Errorf("%s: %w", name, err)
	}
	output, err := exec.CommandContext(ctx, binary, "--version").Output() //nolint:gosec // It was just unpacked.
	if err != nil {
		return "", fmt.Errorf("signpathctl --version: %w", err)
	}
	said := strings.TrimSpace(string(output))
	if said != "signpathctl version "+r.version {
		return "", fmt.Errorf("signpathctl --version says %q, and the release is %s", said, r.version)
	}
	return said, nil
}

// unpackTar takes one file out of an archive, with its mode.
func unpackTar(archive, name, target string) (err error) {
	file, err := os.Open(archive) //nolint:gosec // The release names it.
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		return err
	}
	for entries := tar.NewReader(unzipped); ; {
		header, err := entries.Next()
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if header.Name == name {
			return write(target, entries, header.FileInfo().Mode())
		}
	}
}

// unpackZip takes all files out of an archive, which has no directories.
func unpackZip(archive, directory string) (err error) {
	opened, err := zip.OpenReader(archive)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, opened.Close()) }()
	for _, entry := range opened.File {
		if entry.Name != path.Base(entry.Name) {
			return fmt.Errorf("%s is in a directory, where Terraform does not look", entry.Name)
		}
		content, err := entry.Open()
		if err != nil {
			return err
		}
		target := filepath.Join(directory, entry.Name) //nolint:gosec // It is in no directory.
		if err := write(target, content, entry.Mode()); err != nil {
			return err
		}
	}
	return nil
}

func write(target string, content io.Reader, mode fs.FileMode) error {
	file, err := os.OpenFile(target, os.O_CREATE|os.O_EXCL|os.O_WRONLY, mode.Perm()) //nolint:gosec // In our own directory.
	if err != nil {
		return err
	}
	_, err = io.Copy(file, content)
	return errors.Join(err, file.Close())
}
