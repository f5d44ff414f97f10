package page_test

import (
	"slices"
	"strings"
)

// A review is what `signpathctl review org --format json` says, which the page must
// say too.
type review struct {
	Findings []finding
	Access   []access
}

type finding struct {
	Sentence   string
	Principals []string
	Places     []string
	Reasons    []string
}

type access struct {
	place
	Principal, Permission string
	InForce               bool `json:"in_force"`
	Reasons               []struct {
		Text string
		At   place
		Via  []string
	}
}

type place struct {
	Project       string
	SigningPolicy string `json:"signing_policy"`
}

func (p place) String() string {
	switch {
	case p.Project == "":
		return "the organization"
	case p.SigningPolicy == "":
		return p.Project
	}
	return p.Project + "/" + p.SigningPolicy
}

// holds tells whether the place is the other one, or around it.
func (p place) holds(other place) bool {
	return p == other || p == place{} || p.SigningPolicy == "" && p.Project == other.Project
}

// own tells whether something at the place itself gives the right, or further in: what somebody
// has in the whole of a project by an entry of one of its policies is the project's.
func (a access) own() bool {
	for _, reason := range a.Reasons {
		if a.holds(reason.At) {
			return true
		}
	}
	return false
}

func (a access) passes(group string) bool {
	for _, reason := range a.Reasons {
		if slices.Contains(reason.Via, group) {
			return true
		}
	}
	return false
}

// rights are "PRINCIPAL at PLACE: PERMISSION" for all access that fits, sorted.
func (r review) rights(fits func(access) bool) []string {
	var all []string
	for _, a := range r.Access {
		if fits(a) {
			all = append(all, a.Principal+" at "+a.String()+": "+a.Permission)
		}
	}
	slices.Sort(all)
	return all
}

// sentences are those of the findings that fit, sorted.
func (r review) sentences(fits func(finding) bool) []string {
	var all []string
	for _, f := range r.Findings {
		if fits(f) {
			all = append(all, f.Sentence)
		}
	}
	slices.Sort(all)
	return all
}

// tellsAt tells whether the list tells the access at its place even without a filter:
// something there gives a right that nothing wider does.
func (r review) tellsAt(a access) bool {
	return slices.ContainsFunc(r.Access, func(other access) bool {
		return other.Principal == a.Principal && other.place == a.place && other.own()
	})
}

// isAt tells whether the finding is about the place, or comes from there.
func (f finding) isAt(at place) bool {
	return slices.Contains(f.Places, at.String()) || slices.ContainsFunc(f.Reasons, func(reason string) bool {
		_, where, _ := strings.Cut(reason, " of ")
		return strings.HasPrefix(where, at.String()+",")
	})
}

func (f finding) isIn(project string) bool {
	return slices.ContainsFunc(f.Places, func(p string) bool { return p == project || strings.HasPrefix(p, project+"/") }) ||
		strings.Contains(strings.Join(f.Reasons, "\n"), " of "+project)
}

func (f finding) isOf(policy string) bool {
	return slices.ContainsFunc(f.Places, func(p string) bool { return strings.HasSuffix(p, "/"+policy) }) ||
		strings.Contains(strings.Join(f.Reasons, "\n"), "/"+policy)
}
