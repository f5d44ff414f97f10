package baseline

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// digestVersion begins every digest: what is digested, and how, is that of this version.
const digestVersion = "b1:"

// Digest names what the baseline says: its places and its grants. It is the same for every
// order, and for every spelling of a principal.
func (b Baseline) Digest() string {
	lines := []string{line("organization", b.Organization)}
	for _, p := range b.Places {
		lines = append(lines, line("place", b.Model.Vocabulary.PlaceKey(p.Place), p.ID, p.Type))
	}
	for _, g := range b.Grants {
		lines = append(lines, line("grant", b.Model.Vocabulary.PlaceKey(g.Place), string(g.Role), g.Principal.Folded().String()))
	}
	slices.Sort(lines)
	sum := sha256.Sum256([]byte(strings.Join(slices.Compact(lines), "\n")))
	return digestVersion + hex.EncodeToString(sum[:])
}

// line quotes each part, so that no name can look like two.
func line(parts ...string) string {
	quoted := make([]string, len(parts))
	for i, part := range parts {
		quoted[i] = strconv.Quote(part)
	}
	return strings.Join(quoted, " ")
}

// CheckDigest tells what is wrong with the form of a digest that somebody wrote.
func CheckDigest(digest string) error {
	sum, found := strings.CutPrefix(digest, digestVersion)
	if decoded, err := hex.DecodeString(sum); !found || err != nil || len(decoded) != sha256.Size {
		return fmt.Errorf("%q is no digest of a baseline: the plan prints it, and it begins with %q", digest, digestVersion)
	}
	return nil
}
