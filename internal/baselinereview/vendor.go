package baselinereview

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/signpath-community/terraform-provider-signpath/internal/access/baseline"
)

// A Vendor is what there is to know of a vendor to read its baselines, and to write one.
type Vendor struct {
	// Name is what the vendor is called in sentences.
	Name string
	// Provider is the type of its provider, with which the types of its resources begin.
	Provider string
	// Inviting is the type of its resources that invite somebody, without the provider; empty if there
	// is none.
	Inviting string
	// Declare reads what a baseline is about from the attributes of its resource.
	Declare func(Values) Declaration
	// Declared are the attributes that Declare reads.
	Declared []string
	// Outline is how a new resource begins, before its grants, as a configuration has it. The
	// id of the organization is empty if nobody has told it.
	Outline func(organization string, o baseline.Observation) string
}

// A Declaration is what a baseline is about.
type Declaration struct {
	Model        *baseline.Model
	Organization string
	Places       []baseline.DeclaredPlace
	Wishes       baseline.Wishes
}

// Type is the type of the resource.
func (v *Vendor) Type() string { return v.Provider + "_access_baseline" }

// Vendors are all that are known.
type Vendors []*Vendor

// OfType returns the vendor of a type of resources; nil if it is no baseline of any.
func (v Vendors) OfType(resourceType string) *Vendor {
	return v.first(func(vendor *Vendor) bool { return vendor.Type() == resourceType })
}

// first returns the first vendor that is meant; nil if there is none.
func (v Vendors) first(isMeant func(*Vendor) bool) *Vendor {
	if i := slices.IndexFunc(v, isMeant); i >= 0 {
		return v[i]
	}
	return nil
}

// ByProvider returns the vendor with the provider; nil if there is none.
func (v Vendors) ByProvider(provider string) *Vendor {
	return v.first(func(vendor *Vendor) bool { return vendor.Provider == provider })
}

// Providers returns the types of all providers, in order.
func (v Vendors) Providers() []string {
	var all []string
	for _, vendor := range v {
		all = append(all, vendor.Provider)
	}
	return all
}

// Values are the attributes of an object in Terraform's JSON. What is null, not known or of
// another form is empty.
type Values map[string]any

// Text returns a text.
func (v Values) Text(name string) string {
	text, _ := v[name].(string)
	return text
}

// Flag returns a boolean.
func (v Values) Flag(name string) bool {
	flag, _ := v[name].(bool)
	return flag
}

// Number returns a whole number, or another one if it is none.
func (v Values) Number(name string, otherwise int) int {
	switch number := v[name].(type) {
	case float64:
		return int(number)
	case json.Number:
		if whole, err := number.Int64(); err == nil {
			return int(whole)
		}
	}
	return otherwise
}

// Texts returns a list or set of texts. An element that is none is empty.
func (v Values) Texts(name string) []string {
	elements, _ := v[name].([]any)
	var texts []string
	for _, element := range elements {
		text, _ := element.(string)
		texts = append(texts, text)
	}
	return texts
}

// Groups returns a list or set of those.
func (v Values) Groups(name string) [][]string {
	elements, _ := v[name].([]any)
	var groups [][]string
	for _, element := range elements {
		groups = append(groups, Values{name: element}.Texts(name))
	}
	return groups
}

// Object returns an object or a map; nil if it is none.
func (v Values) Object(name string) Values {
	object, _ := v[name].(map[string]any)
	return object
}

// Objects returns a map of objects.
func (v Values) Objects(name string) map[string]Values {
	objects := map[string]Values{}
	for key := range v.Object(name) {
		objects[key] = v.Object(name).Object(key)
	}
	return objects
}

// written reads grants as a configuration has them; nil where there are none.
func (v Values) written(name string) baseline.Written {
	places := v.Object(name)
	if places == nil {
		return nil
	}
	written := baseline.Written{}
	for _, place := range slices.Sorted(maps.Keys(places)) {
		written[place] = map[string][]string{}
		for role := range places.Object(place) {
			written[place][role] = places.Object(place).Texts(role)
		}
	}
	return written
}
