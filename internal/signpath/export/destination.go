package export

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A NotEmptyError says that a directory has files in it that an export must not
// touch.
type NotEmptyError struct {
	Directory string
	// Files are files that would be replaced, but were not written by an export;
	// none where nothing may be replaced at all.
	Files []string
}

func (e *NotEmptyError) Error() string {
	if len(e.Files) > 0 {
		return fmt.Sprintf("%s has files that an export would replace, but did not write: %s", e.Directory, strings.Join(e.Files, ", "))
	}
	return e.Directory + " is not empty"
}

// CheckDestination tells whether an export can be written to the directory, as
// far as that is known before: an error now is better than one after a long read.
func CheckDestination(directory string, replace bool) error {
	entries, err := os.ReadDir(directory)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil && len(entries) > 0 && !replace {
		return &NotEmptyError{Directory: directory}
	}
	return err
}

// Write puts the files into the directory, which is made if it is not there. One
// with files in it is refused, unless replace is set: then the files that an
// export wrote before are replaced or, where this one has none of the name,
// deleted, and all others stay.
//
// The files are written aside first. So a new directory appears complete or not
// at all, and no file is ever half-written.
func (c *Configuration) Write(directory string, replace bool) error {
	if err := CheckDestination(directory, replace); err != nil {
		return err
	}
	directory, err := filepath.Abs(directory)
	if err != nil {
		return err
	}
	entries, err := os.ReadDir(directory)
	if errors.Is(err, fs.ErrNotExist) {
		return c.create(directory)
	}
	if err != nil {
		return err
	}
	return c.replace(directory, entries)
}

// ReplacesOtherFormat tells whether the directory has access lists of projects that an export in
// the other format wrote.
func (c *Configuration) ReplacesOtherFormat(directory string) (bool, error) {
	entries, err := os.ReadDir(directory)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	_, isForModule := c.Files[moduleFile]
	for _, entry := range entries {
		isOther := entry.Name() == moduleFile
		if isForModule {
			isOther = strings.HasPrefix(entry.Name(), projectFilePrefix)
		}
		if !isOther {
			continue
		}
		if ours, err := c.isOurs(filepath.Join(directory, entry.Name()), entry); err != nil || ours {
			return ours, err
		}
	}
	return false, err
}

// create makes the directory by one renaming.
func (c *Configuration) create(directory string) error {
	parent := filepath.Dir(directory)
	if err := os.MkdirAll(parent, 0o750); err != nil {
		return err
	}
	return c.stage(parent, func(staged string) error { return os.Rename(staged, directory) })
}

// stage writes the files into a directory of their own in the parent, for move to
// bring to their place.
func (c *Configuration) stage(parent string, move func(staged string) error) (err error) {
	staged, err := os.MkdirTemp(parent, ".signpath-export-*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(staged)) }()
	for name, content := range c.Files {
		if err := os.WriteFile(filepath.Join(staged, name), content, 0o600); err != nil {
			return err
		}
	}
	return move(staged)
}

// replace brings the files into a directory that exists: it may be the current
// one of a shell, so it stays the same.
func (c *Configuration) replace(directory string, entries []fs.DirEntry) error {
	var outdated, foreign []string
	for _, entry := range entries {
		_, wanted := c.Files[entry.Name()]
		ours, err := c.isOurs(filepath.Join(directory, entry.Name()), entry)
		switch {
		case err != nil:
			return err
		case wanted && !ours:
			foreign = append(foreign, entry.Name())
		case ours && !wanted:
			outdated = append(outdated, entry.Name())
		}
	}
	if len(foreign) > 0 {
		return &NotEmptyError{Directory: directory, Files: foreign}
	}
	return c.stage(directory, func(staged string) error { return c.moveFiles(staged, directory, outdated) })
}

func (c *Configuration) moveFiles(staged, directory string, outdated []string) error {
	for _, name := range slices.Sorted(maps.Keys(c.Files)) {
		if err := os.Rename(filepath.Join(staged, name), filepath.Join(directory, name)); err != nil {
			return err
		}
	}
	for _, name := range outdated {
		if err := os.Remove(filepath.Join(directory, name)); err != nil {
			return err
		}
	}
	return nil
}

// isOurs tells whether an export wrote the file, or would write just the same.
func (c *Configuration) isOurs(path string, entry fs.DirEntry) (bool, error) {
	mapped, isMapping := c.Files[MappingFile]
	isMapping = isMapping && entry.Name() == MappingFile
	if !entry.Type().IsRegular() || !slices.Contains([]string{".tf", ".yaml"}, filepath.Ext(path)) && !isMapping {
		return false, nil
	}
	content, err := os.ReadFile(path) //nolint:gosec // a file in the directory that the user named
	if isMapping {
		return bytes.Equal(content, mapped), err // A person made it, and an export copies it.
	}
	return bytes.HasPrefix(content, []byte(Marker)), err
}
