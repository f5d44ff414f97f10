package api

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract"
)

// Some servers name members by slugs, or tell their kinds beside their ids. So there is a
// table of the slugs in the lists of principals.

// A slugOf is the slug of one principal.
type slugOf struct {
	kind access.Kind
	slug string
}

// slugs are those of principals, as lists and answers have them. The zero value is ready.
type slugs struct {
	mu   sync.Mutex
	byID map[string]slugOf
	// readAgain is true once the lists were read once more for a slug.
	readAgain bool
}

func (s *slugs) note(kind access.Kind, id, slug string) {
	if id == "" || slug == "" {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.byID == nil {
		s.byID = map[string]slugOf{}
	}
	s.byID[id] = slugOf{kind, slug}
}

// find returns the ids of those with the slug, of all kinds if none is given. Capitals tell nobody
// apart.
func (s *slugs) find(kind access.Kind, slug string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var ids []string
	for id, known := range s.byID {
		if strings.EqualFold(known.slug, slug) && (kind == "" || kind == known.kind) {
			ids = append(ids, id)
		}
	}
	return ids
}

func (s *slugs) of(id string) (string, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	known, ok := s.byID[id]
	return known.slug, ok
}

// mayReadAgain tells whether the lists may be read once more, which is so once.
func (s *slugs) mayReadAgain() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := s.readAgain
	s.readAgain = true
	return !before
}

// listingGroups marks the context of whoever is reading the list of groups, and so cannot
// wait for it.
type listingGroups struct{}

// principals look up who is meant where members are not named by ids alone.
func (c *Client) principals(ctx context.Context) contract.Principals {
	return contract.Principals{
		KindOf: func(id string) (access.Kind, bool) { return c.kindOf(ctx, id) },
		Told:   func(id string, kind access.Kind) { c.told.Store(id, kind) },
		IDOf: func(kind access.Kind, slug string) (string, error) {
			found, err := look(ctx, c, func() (string, bool) {
				ids := c.slugs.find(kind, slug)
				return strings.Join(ids, " "), len(ids) > 0
			})
			switch {
			case err != nil:
				return "", err
			case found == "":
				return "", fmt.Errorf("no list has a principal with the slug %q", slug)
			case strings.Contains(found, " "):
				return "", fmt.Errorf("several principals have the slug %q", slug)
			}
			return found, nil
		},
		SlugOf: func(kind access.Kind, id string) (string, error) {
			slug, err := look(ctx, c, func() (string, bool) { return c.slugs.of(id) })
			switch {
			case err != nil:
				return "", err
			case slug == "":
				return "", fmt.Errorf("no list tells the slug of %s, by which this installation names members", id)
			case len(c.slugs.find(kind, slug)) > 1:
				return "", fmt.Errorf("several principals have the slug %q, by which this installation names members", slug)
			}
			return slug, nil
		},
	}
}

// look looks something up, reading the lists of principals where it is not known, and once
// more where that does not help: who is meant may be newer than they are. What is not found is
// empty.
func look(ctx context.Context, c *Client, known func() (string, bool)) (string, error) {
	kinds := access.Kinds()
	if ctx.Value(listingGroups{}) != nil {
		kinds = []access.Kind{access.KindUser, access.KindCIUser}
	}
	for {
		if found, ok := known(); ok {
			return found, nil
		}
		if _, err := c.Directory(ctx, kinds...); err != nil {
			return "", err
		}
		if found, ok := known(); ok || !c.slugs.mayReadAgain() {
			return found, nil
		}
		for _, kind := range kinds {
			c.snapshot.listed[kind].forget()
		}
	}
}
