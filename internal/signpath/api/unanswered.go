package api

import (
	"fmt"
	"slices"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract/mapping"
)

// Unanswered returns what the mapping file says that answers about users, CI users, groups,
// projects and signing policies have, and that none of those answers had which the client has
// read, though there were such: "user.answer.email, at mail (line 12)". It sends nothing.
func (c *Client) Unanswered() []string {
	var unanswered []string
	read := c.read()
	for _, t := range mapping.Things() {
		for _, stated := range c.mapping.Stated(t) {
			has := func(o contract.Object) bool { return o.Has(stated.Property) }
			if len(read[t]) > 0 && !slices.ContainsFunc(read[t], has) {
				unanswered = append(unanswered, fmt.Sprintf("%s.answer.%s, at %s (line %d)", t, stated.Concept, stated.Path, stated.Line))
			}
		}
	}
	return unanswered
}

// read are the objects that the client has read, by what they are.
func (c *Client) read() map[mapping.Thing][]contract.Object {
	read := map[mapping.Thing][]contract.Object{}
	add := func(t mapping.Thing, e entity) contract.Object {
		o, ok := c.snapshot.entity(e).peek()
		if ok {
			read[t] = append(read[t], o)
		}
		return o
	}
	for _, kind := range access.Kinds() {
		for _, p := range c.snapshot.directory.All(kind) {
			t := mapping.Thing(kind)
			if seen, ok := c.seen.Load(p.ID); ok {
				o, _ := seen.(contract.Object)
				read[t] = append(read[t], o)
			}
			add(t, principalEntity(kind, p.ID))
		}
	}
	projects, _ := c.snapshot.projects.peek()
	for _, project := range projects {
		for _, policy := range decodeProject(add(mapping.Project, projectEntity(project.Slug))).SigningPolicies {
			add(mapping.SigningPolicy, policyEntity(project.Slug, policy))
		}
	}
	return read
}
