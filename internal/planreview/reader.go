package planreview

import (
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/baselinereview"
)

// Readers say whose resources of a plan are read.
type Readers struct {
	// Granting is the vendor whose resources give access themselves.
	Granting *Reader
	// Baselines are the vendors whose access no API can change: their resources record what it
	// should be.
	Baselines baselinereview.Vendors
}

// A Reader says how resources are read that give access.
type Reader struct {
	// Vendor is what the vendor is called in sentences.
	Vendor string
	// Provider is the type of its provider, with which the types of its resources begin.
	Provider string
	// Vocabulary says what the resources are about.
	Vocabulary *access.Vocabulary
	// Principals are the resources and single data sources that are principals, by their type
	// without the provider.
	Principals map[string]access.Kind
}

// typeOf is the type of the resources of a kind: "signpath_user_group" of "user_group".
func (r *Reader) typeOf(kind string) string { return r.Provider + "_" + kind }

// kindOf is the type without the provider.
func (r *Reader) kindOf(resourceType string) string {
	return strings.TrimPrefix(resourceType, r.Provider+"_")
}

func (r *Reader) owns(resourceType string) bool {
	return strings.HasPrefix(resourceType, r.Provider+"_")
}

// kindsOf are the kinds of resources of principals.
func (r *Reader) kindsOf(kind access.Kind) (kinds []string) {
	for name, of := range r.Principals {
		if of == kind {
			kinds = append(kinds, name)
		}
	}
	slices.Sort(kinds)
	return kinds
}

// owns tells whether resources of a type are read.
func (r Readers) owns(resourceType string) bool {
	return r.Granting.owns(resourceType) || r.Baselines.OfType(resourceType) != nil || r.Baselines.Inviting(resourceType) != nil
}

// principal is the kind of principals that an instance is of, if it is one.
func (i *instance) principal() (access.Kind, bool) {
	kind, ok := i.reader.Principals[i.kind]
	return kind, ok
}

// naturalKey is the attribute by which a resource names the principal that it is.
func (i *instance) naturalKey() string {
	kind, _ := i.principal()
	return naturalKey(kind)
}
