package httpapi

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"regexp"
	"strconv"
	"strings"
)

// maxSettingFileBytes bounds a file that a setting names; a bundle of every
// public authority has about 250 KB.
const maxSettingFileBytes = 4 << 20

// ReadSettingFile reads a file that a setting names, 4 MiB at most, or returns the reason
// why it cannot: a sentence, which has nothing of what the file holds.
func ReadSettingFile(path string) (content []byte, reason string) {
	file, err := os.Open(path) //nolint:gosec // Whoever configures the provider names the file.
	if err == nil {
		defer file.Close() //nolint:errcheck // It was only read.
		content, err = io.ReadAll(io.LimitReader(file, maxSettingFileBytes+1))
	}
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		err = pathError.Err // The path is in the reason.
	}
	switch {
	case err != nil:
		return nil, fmt.Sprintf("%s cannot be read: %v.", quotePath(path), err)
	case len(content) > maxSettingFileBytes:
		return nil, fmt.Sprintf("%s is larger than %d MiB.", quotePath(path), maxSettingFileBytes>>20)
	}
	return content, ""
}

// tokenInPlace matches what may be the token in the place of a path.
var tokenInPlace = regexp.MustCompile(`^[A-Za-z0-9+/=_:-]{40,}$`)

// quotePath quotes a path, unless it may be the token in the wrong place, or a
// key or certificate itself.
func quotePath(path string) string {
	if tokenInPlace.MatchString(path) || strings.Contains(path, "\n") || strings.Contains(path, "-----BEGIN") {
		return fmt.Sprintf("The path of %d characters, which is not shown because it may be a secret itself,", len(path))
	}
	return "The file " + strconv.Quote(path)
}
