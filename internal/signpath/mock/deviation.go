package mock

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// Deviation is a dialect that deviates from the default in one thing.
type Deviation struct {
	// Name is what ParseDialect takes, such as "wrapped-lists" or "rename=role:globalRole".
	Name string
	// About says in one line what is different.
	About   string
	Dialect Dialect
}

// defaultListLag is the lag of "list-lag" without a duration: longer than a client needs for its next request, short
// enough to wait for it.
const defaultListLag = 300 * time.Millisecond

// deviation is a way to deviate, with a name.
type deviation struct {
	name string
	// example is an argument behind "name="; without one the name stands alone.
	example string
	about   string
	// apply changes a dialect. The argument is "" if the name stands alone.
	apply func(d *Dialect, argument string) error
	// arguments are those that the dialect deviates with, "" where the name stands alone; none if it does not deviate.
	arguments func(d Dialect) []string
}

// flagged is a deviation that is there or not.
func flagged(name, about string, field func(*Dialect) *bool) deviation {
	return deviation{
		name: name, about: about,
		apply:     func(d *Dialect, _ string) error { *field(d) = true; return nil },
		arguments: func(d Dialect) []string { return present(*field(&d)) },
	}
}

// chosen is a deviation that excludes others of its field.
func chosen[T ~string](name, about string, value T, field func(*Dialect) *T) deviation {
	return deviation{
		name: name, about: about,
		apply: func(d *Dialect, _ string) error {
			if set := *field(d); set != "" && set != value {
				return fmt.Errorf("dialect: %q excludes another that is named", name)
			}
			*field(d) = value
			return nil
		},
		arguments: func(d Dialect) []string { return present(*field(&d) == value) },
	}
}

// renaming is a deviation that takes "NAME:OTHER", as often as wanted.
func renaming(name, example, about string, field func(*Dialect) *map[string]string) deviation {
	return deviation{
		name: name, example: example, about: about,
		apply: func(d *Dialect, argument string) error {
			property, other, isPair := strings.Cut(argument, ":")
			if !isPair {
				return fmt.Errorf("dialect: write %s=NAME:OTHER, such as %s=%s", name, name, example)
			}
			if (*field(d))[property] != "" {
				return fmt.Errorf("dialect: %s gives the property %q two names", name, property)
			}
			renamed := maps.Clone(*field(d))
			if renamed == nil {
				renamed = map[string]string{}
			}
			renamed[property] = other
			*field(d) = renamed
			return nil
		},
		arguments: func(d Dialect) []string {
			pairs := make([]string, 0, len(*field(&d)))
			for property, other := range *field(&d) {
				pairs = append(pairs, property+":"+other)
			}
			slices.Sort(pairs)
			return pairs
		},
	}
}

func present(is bool) []string {
	if is {
		return []string{""}
	}
	return nil
}

var listLag = deviation{
	name:  "list-lag",
	about: fmt.Sprintf("lists show the organization as it was %s ago; list-lag=2s for another time", defaultListLag),
	apply: func(d *Dialect, argument string) error {
		if argument == "" {
			d.ListLag = defaultListLag
			return nil
		}
		lag, err := time.ParseDuration(argument)
		if err != nil || lag <= 0 {
			return fmt.Errorf("dialect: %q is no list lag; write list-lag=2s", argument)
		}
		d.ListLag = lag
		return nil
	},
	arguments: func(d Dialect) []string {
		switch d.ListLag {
		case 0:
			return nil
		case defaultListLag:
			return []string{""}
		}
		return []string{d.ListLag.String()}
	},
}

// deviations are all, sorted by name.
var deviations = []deviation{
	chosen("create-id", "a create answers the id as id", CreateIDPlain, createIDForm),
	chosen("create-location-only", "a create answers the id in the Location header only", CreateIDLocationOnly, createIDForm),
	flagged("create-suffix", "users and groups are created at /Create", func(d *Dialect) *bool { return &d.CreateSuffix }),
	flagged("edit-patches", "an Edit keeps the properties that it omits", func(d *Dialect) *bool { return &d.EditPatches }),
	flagged("edit-without-suffix", "an Edit goes to the path of the object", func(d *Dialect) *bool { return &d.EditWithoutSuffix }),
	chosen("enable-disable", "users are switched at /Enable and /Disable", EnableDisable,
		func(d *Dialect) *ActivationVerbs { return &d.ActivationVerbs }),
	flagged("foreign-links", "links name another host", func(d *Dialect) *bool { return &d.ForeignLinks }),
	listLag,
	flagged("member-object-requests", "members are objects with an id, in requests too",
		func(d *Dialect) *bool { return &d.MemberObjectRequests }),
	flagged("member-objects", "members are shown as objects", func(d *Dialect) *bool { return &d.MemberObjects }),
	flagged("members-per-kind", "members are an object of ids per kind", func(d *Dialect) *bool { return &d.MembersPerKind }),
	flagged("no-ci-users-in-groups", "CI users are refused as members of groups",
		func(d *Dialect) *bool { return &d.NoCIUsersInGroups }),
	flagged("no-document", "there is no OpenAPI document", func(d *Dialect) *bool { return &d.NoDocument }),
	flagged("old-origin-names", "the names of origin verification before 1.202.0", func(d *Dialect) *bool { return &d.OldOriginNames }),
	flagged("plain-text-errors", "errors are text, except validation errors", func(d *Dialect) *bool { return &d.PlainTextErrors }),
	renaming("rename-request", "role:newRole", "a property has another name in requests; as often as wanted",
		func(d *Dialect) *map[string]string { return &d.RenamedInRequests }),
	renaming("rename", "role:globalRole", "a property has another name, in requests and answers; as often as wanted",
		func(d *Dialect) *map[string]string { return &d.Renamed }),
	flagged("summary-lists", "list items are summaries", func(d *Dialect) *bool { return &d.SummaryLists }),
	flagged("text-actors", "actors of audit events are names", func(d *Dialect) *bool { return &d.TextActors }),
	flagged("unknown-is-404", "an unknown object is a 404", func(d *Dialect) *bool { return &d.UnknownIs404 }),
	flagged("wrapped-lists", "lists are in an object", func(d *Dialect) *bool { return &d.WrappedLists }),
}

func createIDForm(d *Dialect) *CreateIDForm { return &d.CreateIDForm }

// spelling is the deviation with an argument, as ParseDialect takes it.
func (d deviation) spelling(argument string) string {
	if argument == "" {
		return d.name
	}
	return d.name + "=" + argument
}

// DialectNames returns the names that ParseDialect takes as they are, sorted. It takes "rename=NAME:OTHER",
// "rename-request=NAME:OTHER" and "list-lag=DURATION" besides.
func DialectNames() []string {
	var names []string
	for _, d := range deviations {
		if d.example == "" {
			names = append(names, d.name)
		}
	}
	return names
}

// SingleDialects returns each deviation alone, sorted by name; where it needs an argument, with an example of one.
func SingleDialects() []Deviation {
	singles := make([]Deviation, len(deviations))
	for i, d := range deviations {
		singles[i] = Deviation{Name: d.spelling(d.example), About: d.about}
		if err := d.apply(&singles[i].Dialect, d.example); err != nil {
			panic("mock: " + err.Error())
		}
	}
	return singles
}

// ParseDialect builds a dialect of named deviations from the default; see DialectNames. Several names may be in one
// text, separated by commas. Deviations that exclude each other are an error.
func ParseDialect(names ...string) (Dialect, error) {
	var dialect Dialect
	for _, name := range strings.Split(strings.Join(names, ","), ",") {
		if err := dialect.deviate(strings.TrimSpace(name)); err != nil {
			return Dialect{}, err
		}
	}
	if err := dialect.validate(); err != nil {
		return Dialect{}, err
	}
	return dialect, nil
}

func (d *Dialect) deviate(spelling string) error {
	if spelling == "" {
		return nil
	}
	name, argument, hasArgument := strings.Cut(spelling, "=")
	for _, known := range deviations {
		takesArgument := known.example != "" || known.name == listLag.name
		if known.name == name && (takesArgument || !hasArgument) {
			return known.apply(d, argument)
		}
	}
	return fmt.Errorf("unknown dialect %q; known are %s, rename=NAME:OTHER and rename-request=NAME:OTHER",
		spelling, strings.Join(DialectNames(), ", "))
}

// String names the deviations as ParseDialect takes them, separated by commas; "" is the default dialect.
func (d Dialect) String() string {
	var names []string
	for _, known := range deviations {
		for _, argument := range known.arguments(d) {
			names = append(names, known.spelling(argument))
		}
	}
	return strings.Join(names, ",")
}

// plausibleRenames are names that the evidence leaves room for.
var plausibleRenames = []string{
	"rename=role:globalRole", "rename=role:userRole", "rename=isActive:active", "rename=apiToken:token",
	"rename=accountEmailAddress:email", "rename=isDirectorySynchronized:isSynchronized", "rename-request=role:globalRole",
	"rename-request=addedMembers:membersToAdd", "rename-request=removedMembers:membersToRemove",
	"rename-request=members:memberIds",
}

// RandomDialect returns a mixture of deviations that a real server may well have: none that exclude each other, and
// an OpenAPI document where requests deviate from the default: nobody could guess how.
func RandomDialect(random *rand.Rand) Dialect {
	var dialect Dialect
	for _, i := range random.Perm(len(deviations)) {
		if deviations[i].example == "" && random.IntN(3) == 0 {
			dialect = dialect.with(deviations[i].name)
		}
	}
	for _, i := range random.Perm(len(plausibleRenames)) {
		if random.IntN(5) == 0 {
			dialect = dialect.with(plausibleRenames[i])
		}
	}
	dialect.NoDocument = dialect.NoDocument && !dialect.NeedsDocument()
	return dialect
}

// NeedsDocument tells whether requests have to be other than in the default dialect in a way that answers do not show:
// only the OpenAPI document tells a client then.
func (d Dialect) NeedsDocument() bool {
	return d.EditWithoutSuffix || d.CreateSuffix || d.ActivationVerbs != ActivateDeactivate || d.MemberObjectRequests ||
		len(d.Renamed) > 0 || len(d.RenamedInRequests) > 0
}

// with deviates further, unless that would contradict the dialect.
func (d Dialect) with(spelling string) Dialect {
	mixed := d
	if mixed.deviate(spelling) != nil || mixed.validate() != nil {
		return d
	}
	return mixed
}
