package mock

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
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

// deviation is a way to deviate, with a name.
type deviation struct {
	name string
	// form is the argument behind the name with the sign before it, "=NAME:OTHER" or ":SIZE"; "" if the name stands alone.
	form string
	// example is an argument; with a form and without an example the name may also stand alone.
	example string
	about   string
	// isSilent tells that neither answers nor refusals show the deviation before something is written: only the document
	// does.
	isSilent bool
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
func renaming[T ~string](name, example, about string, field func(*Dialect) *map[T]string) deviation {
	return deviation{
		name: name, form: "=NAME:OTHER", example: example, about: about,
		apply: func(d *Dialect, argument string) error {
			own, other, isPair := strings.Cut(argument, ":")
			if !isPair {
				return fmt.Errorf("dialect: write %s=NAME:OTHER, such as %s=%s", name, name, example)
			}
			if (*field(d))[T(own)] != "" {
				return fmt.Errorf("dialect: %s gives %q two names", name, own)
			}
			renamed := maps.Clone(*field(d))
			if renamed == nil {
				renamed = map[T]string{}
			}
			renamed[T(own)] = other
			*field(d) = renamed
			return nil
		},
		arguments: func(d Dialect) []string {
			pairs := make([]string, 0, len(*field(&d)))
			for own, other := range *field(&d) {
				pairs = append(pairs, string(own)+":"+other)
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

// naming is a deviation that takes the name of a property, as often as wanted.
func naming(name, example, about string, field func(*Dialect) *[]string) deviation {
	return deviation{
		name: name, form: "=NAME", example: example, about: about,
		apply: func(d *Dialect, argument string) error {
			if argument == "" {
				return fmt.Errorf("dialect: write %s=NAME, such as %s=%s", name, name, example)
			}
			if slices.Contains(*field(d), argument) {
				return fmt.Errorf("dialect: %s names %q twice", name, argument)
			}
			*field(d) = slices.Sorted(slices.Values(append(slices.Clone(*field(d)), argument)))
			return nil
		},
		arguments: func(d Dialect) []string { return *field(&d) },
	}
}

// lagging is a deviation by a time, which it has a default of.
func lagging(name, about string, byDefault time.Duration, field func(*Dialect) *time.Duration) deviation {
	return deviation{
		name: name, form: "=DURATION", about: fmt.Sprintf("%s %s ago; %s=2s for another time", about, byDefault, name),
		apply: func(d *Dialect, argument string) error {
			if argument == "" {
				*field(d) = byDefault
				return nil
			}
			lag, err := time.ParseDuration(argument)
			if err != nil || lag <= 0 {
				return fmt.Errorf("dialect: %q is no lag; write %s=2s", argument, name)
			}
			*field(d) = lag
			return nil
		},
		arguments: func(d Dialect) []string {
			switch *field(&d) {
			case 0:
				return nil
			case byDefault:
				return []string{""}
			}
			return []string{field(&d).String()}
		},
	}
}

// paged is a kind of paging, which takes the size of a page.
func paged(kind PagingKind) deviation {
	name := "paging=" + string(kind)
	return deviation{
		name: name, form: ":SIZE", about: pagings[kind].about, isSilent: pagings[kind].silent,
		apply: func(d *Dialect, argument string) error {
			if d.Paging.Kind != "" {
				return fmt.Errorf("dialect: %q excludes another that is named", name)
			}
			d.Paging = Paging{Kind: kind}
			if argument == "" || argument == strconv.Itoa(defaultPageSize) {
				return nil
			}
			size, err := strconv.Atoi(argument)
			if err != nil || size < 1 {
				return fmt.Errorf("dialect: %q is no size of a page; write %s:5", argument, name)
			}
			d.Paging.Size = size
			return nil
		},
		arguments: func(d Dialect) []string {
			switch {
			case d.Paging.Kind != kind:
				return nil
			case d.Paging.Size == 0:
				return []string{""}
			}
			return []string{strconv.Itoa(d.Paging.Size)}
		},
	}
}

// silent marks a deviation that nothing but the document shows.
func silent(d deviation) deviation {
	d.isSilent = true
	return d
}

// spelling is the deviation with an argument, as ParseDialect takes it.
func (d deviation) spelling(argument string) string {
	if argument == "" {
		return d.name
	}
	return d.name + d.form[:1] + argument
}

// argument is what a spelling has behind the name of the deviation; isNamed=false if it names another one.
func (d deviation) argument(spelling string) (argument string, isNamed bool) {
	rest, begins := strings.CutPrefix(spelling, d.name)
	switch {
	case begins && rest == "":
		return "", true
	case begins && d.form != "" && strings.HasPrefix(rest, d.form[:1]):
		return rest[1:], true
	}
	return "", false
}

// DialectNames returns the names that ParseDialect takes as they are, sorted. Of those with an argument it takes
// "list-lag=DURATION", "paging=KIND:SIZE", "rename=NAME:OTHER" and the others that [SingleDialects] and
// [HostileDialects] give an example of besides.
func DialectNames() []string {
	var names []string
	for _, d := range allDeviations() {
		if d.example == "" {
			names = append(names, d.name)
		}
	}
	return names
}

// SingleDialects returns each deviation alone with which an organization can still be managed completely, sorted by
// name; where it needs an argument, with an example of one.
func SingleDialects() []Deviation { return singles(deviations) }

// HostileDialects is SingleDialects for the deviations that may leave a client nothing but to refuse: as far as anybody
// outside of SignPath knows, a server that keeps all that is documented may have each of them.
func HostileDialects() []Deviation { return singles(hostileDeviations) }

func singles(table []deviation) []Deviation {
	singles := make([]Deviation, len(table))
	for i, d := range table {
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
	forms := DialectNames()
	for _, known := range allDeviations() {
		if argument, isNamed := known.argument(spelling); isNamed {
			return known.apply(d, argument)
		}
		if known.form != "" {
			forms = append(forms, known.name+known.form)
		}
	}
	return fmt.Errorf("unknown dialect %q; known are %s", spelling, strings.Join(forms, ", "))
}

// String names the deviations as ParseDialect takes them, separated by commas; "" is the default dialect.
func (d Dialect) String() string {
	var names []string
	for _, known := range allDeviations() {
		for _, argument := range known.arguments(d) {
			names = append(names, known.spelling(argument))
		}
	}
	return strings.Join(names, ",")
}
