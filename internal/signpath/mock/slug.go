package mock

import (
	"fmt"
	"strings"
	"unicode"
)

// unusedSlug is the slug of a new user or group, made of the e-mail address or the name. It stays, whatever becomes of those.
func (o *organization) unusedSlug(key string) string {
	key, _, _ = strings.Cut(strings.ToLower(key), "@")
	base := strings.Join(strings.FieldsFunc(key, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '.' && r != '_'
	}), "-")
	slug := base
	for n := 2; o.idsBySlug[slug] != ""; n++ {
		slug = fmt.Sprintf("%s-%d", base, n)
	}
	return slug
}

// principalWithSlug returns the id of a user or group; "" if none has the slug.
func (o *organization) principalWithSlug(slug string) string { return o.idsBySlug[slug] }

// slugOf is the slug of a user or group by its id.
func (o *organization) slugOf(id string) string {
	if u := o.usersByID[id]; u != nil {
		return u.Slug
	}
	if g := o.groupsByID[id]; g != nil {
		return g.Slug
	}
	return ""
}

// slugify gives a user or group, by its id, a slug if it has none.
func (o *organization) slugify(id, key string, slug *string) {
	if *slug == "" {
		*slug = o.unusedSlug(key)
	}
	o.idsBySlug[*slug] = id
}
