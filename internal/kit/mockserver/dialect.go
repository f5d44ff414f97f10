package mockserver

import (
	"fmt"
	"slices"
	"strings"
)

// Deviation is a dialect that deviates from the default in one thing. A dialect D selects among the plausible readings of
// what a vendor does not document; its zero value is the default.
type Deviation[D any] struct {
	// Name is what Switches.Parse takes, such as "next-url" or "page-size=2".
	Name string
	// About says in one line what is different.
	About   string
	Dialect D
}

// Switch is a way to deviate. Those of one field exclude each other.
type Switch[D any] struct {
	name, about string
	// example is an argument of a switch that takes one; "" for others.
	example string
	apply   func(d *D, argument string) error
	// argument is what the dialect deviates with, "" where the name stands alone; deviates=false if it does not.
	argument func(d D) (argument string, deviates bool)
}

// Flag is a switch that is there or not.
func Flag[D any](name, about string, field func(*D) *bool) Switch[D] {
	return Choice(name, about, true, field)
}

// Choice is a switch that gives a field a value other than the default.
func Choice[D any, T comparable](name, about string, value T, field func(*D) *T) Switch[D] {
	return Switch[D]{
		name: name, about: about,
		apply:    func(d *D, _ string) error { return assign(name, value, field(d)) },
		argument: func(d D) (string, bool) { return "", *field(&d) == value },
	}
}

// Value is a switch that takes an argument, as in "page-size=2", which parse reads: what it reads must not be the default.
func Value[D any, T comparable](name, example, about string, parse func(argument string) (T, error), field func(*D) *T) Switch[D] {
	return Switch[D]{
		name: name, about: about, example: example,
		apply: func(d *D, argument string) error {
			var byDefault T
			value, err := parse(argument)
			if err != nil || value == byDefault {
				return fmt.Errorf("dialect: %q is nothing that %s takes; write %s=%s", argument, name, name, example)
			}
			return assign(name, value, field(d))
		},
		argument: func(d D) (string, bool) {
			var byDefault T
			return fmt.Sprint(*field(&d)), *field(&d) != byDefault
		},
	}
}

func assign[T comparable](name string, value T, field *T) error {
	var byDefault T
	if *field != byDefault && *field != value {
		return fmt.Errorf("dialect: %q excludes another that is named", name)
	}
	*field = value
	return nil
}

func (s Switch[D]) spelling(argument string) string {
	if argument == "" {
		return s.name
	}
	return s.name + "=" + argument
}

// Switches are all that a mock server has.
type Switches[D any] []Switch[D]

// Deviations returns each deviation alone, in the order of the table; where it needs an argument, with an example of one.
func (t Switches[D]) Deviations() []Deviation[D] {
	singles := make([]Deviation[D], len(t))
	for i, s := range t {
		singles[i] = Deviation[D]{Name: s.spelling(s.example), About: s.about}
		if err := s.apply(&singles[i].Dialect, s.example); err != nil {
			panic("mock: " + err.Error())
		}
	}
	return singles
}

// Parse builds a dialect of named deviations from the default. Several names may be in one text, separated by commas.
// Deviations that exclude each other are an error.
func (t Switches[D]) Parse(names ...string) (D, error) {
	var dialect, none D
	for _, name := range strings.Split(strings.Join(names, ","), ",") {
		if name = strings.TrimSpace(name); name == "" {
			continue
		}
		if err := t.deviate(&dialect, name); err != nil {
			return none, err
		}
	}
	return dialect, nil
}

func (t Switches[D]) deviate(dialect *D, spelling string) error {
	name, argument, hasArgument := strings.Cut(spelling, "=")
	at := slices.IndexFunc(t, func(s Switch[D]) bool { return s.name == name && hasArgument == (s.example != "") })
	if at >= 0 {
		return t[at].apply(dialect, argument)
	}
	known := make([]string, len(t))
	for i, s := range t {
		known[i] = s.spelling(s.example)
	}
	return fmt.Errorf("unknown dialect %q; known are %s", spelling, strings.Join(known, ", "))
}

// Spell names the deviations of a dialect as Parse takes them, separated by commas; "" is the default.
func (t Switches[D]) Spell(dialect D) string {
	var names []string
	for _, s := range t {
		if argument, deviates := s.argument(dialect); deviates {
			names = append(names, s.spelling(argument))
		}
	}
	return strings.Join(names, ",")
}
