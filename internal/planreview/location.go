package planreview

import (
	"cmp"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/text"
)

// A Location is a line of a file. The path is relative to the repository, with slashes.
type Location struct {
	Path string
	Line int
}

// Locations say where a code host shows findings.
type Locations struct {
	// Plan is the path of the plan, for what stands at no line of a configuration.
	Plan string
	// Find returns where a resource instance stands; nil if there is no configuration at hand.
	Find func(address string) (Location, bool)
}

// planByDefault is for a plan that comes from no file: code hosts show nothing without one.
const planByDefault = "plan.json"

// of is where the finding is shown: at a resource that brings it about or, for what was there
// before, at one that manages what it is about. Terraform writes a plan in one line.
func (l Locations) of(f Finding) Location {
	if l.Find != nil {
		for _, addresses := range [][]string{f.Addresses, f.managedBy} {
			for _, address := range addresses {
				if found, ok := l.Find(address); ok {
					return Location{text.Visible(found.Path), found.Line}
				}
			}
		}
	}
	return Location{cmp.Or(text.Visible(l.Plan), planByDefault), 1}
}
