// Package baselinetest carries out the steps of a run-book as a person does who has nothing
// but the printed text: it reads the lines, and knows no other package of the planner.
package baselinetest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
)

// A Site is a simulated web application. Places are spelled as configurations do.
type Site interface {
	HasRole(role string) bool
	Invite(by, user, place string) error
	Give(by, principal, role, place string) error
	// Take takes roles in one form.
	Take(by, principal string, roles []string, place string) error
	Remove(by, principal, place string) error
	// Accept lets a user accept everything that is waiting, and log in again.
	Accept(user string)
	// Administrators are those who have accepted and logged in.
	Administrators() []string
	// Holders returns who can use a role at a place or further out now.
	Holders(role, place string) []string
}

// What a site answers that a person knows what to do about.
var (
	ErrNotOffered = errors.New("the principal is not offered: no user has accepted an invitation by that name")
	ErrNoRow      = errors.New("there is no such row")
	ErrForbidden  = errors.New("you may not do that")
)

// A Person carries out the steps.
type Person struct {
	Site Site
	// Self is who carries out what it can; empty for anybody each time.
	Self string
	// Random decides what is left open.
	Random *rand.Rand
	// Early makes who is invited, or gets a role, accept at once. Else nobody accepts until
	// the steps say to wait.
	Early bool
	// Organisation is the key of the outermost place.
	Organisation string
	// Log tells what was done.
	Log []string
}

var (
	number = regexp.MustCompile(`^\d+\. `)
	lookUp = regexp.MustCompile(`^Look whether there is (".*"), spelled so\.`)
	invite = regexp.MustCompile(`^Invite (.*?) at (.*?); `)
	give   = regexp.MustCompile(`^Give (".*?") at (.*?) to (.*?)\. `)
	wait   = regexp.MustCompile(`^Wait until (.*?) ha(?:s|ve) accepted .* logged in again\.`)
	take   = regexp.MustCompile(`^Take (".*?") at (.*?) from (.*?)\. `)
	remove = regexp.MustCompile(`^Remove all access of (.*?) at (.*?), who keeps nothing anywhere(?:: this takes (".*?"))?\.`)
	look   = regexp.MustCompile(`^Look again `)
	who    = regexp.MustCompile(`Who can do it: whoever has (".*?")(?: here or further out)?` +
		`(?:, such as (.*?))?(?:; whether (".*?") is enough, no page says)?\. `)
	leave    = regexp.MustCompile(`Whoever carries out these steps and is (\S+) leaves this one to the very end`)
	named    = regexp.MustCompile(`(?:user|api_client|domain):[^ ,;]+`)
	quoted   = regexp.MustCompile(`"([^"]+)"`)
	typeOf   = regexp.MustCompile(` \([^()]*\)$`)
	noRow    = regexp.MustCompile(`(?:row is gone already|is not listed there), there is nothing to do`)
	notThere = regexp.MustCompile(`who is not (?:offered|listed) there has to accept the invitation first`)
)

// CarryOut does what the lines say, in order. It looks after each action whether there is an
// administrator who has accepted.
func (p *Person) CarryOut(lines []string) error {
	var left []string
	looked := false
	for _, line := range lines {
		line = number.ReplaceAllString(line, "") + " "
		if found := leave.FindStringSubmatch(line); found != nil && found[1] == p.Self {
			left = append(left, line)
			continue
		}
		if look.MatchString(line) {
			looked = true
			continue
		}
		if looked {
			return fmt.Errorf("there is a step after the last look: %s", line)
		}
		if err := p.do(line); err != nil {
			return fmt.Errorf("%w, at: %s", err, line)
		}
	}
	for _, line := range left {
		if err := p.do(line); err != nil {
			return fmt.Errorf("%w, at what was left: %s", err, line)
		}
	}
	if !looked {
		return errors.New("nobody is told to look again")
	}
	return nil
}

func (p *Person) do(line string) error {
	switch {
	case lookUp.MatchString(line):
		for _, role := range roles(lookUp.FindStringSubmatch(line)[1]) {
			if !p.Site.HasRole(role) {
				return fmt.Errorf("there is no role %s", role)
			}
		}
		return nil
	case wait.MatchString(line):
		for _, user := range named.FindAllString(wait.FindStringSubmatch(line)[1], -1) {
			p.Site.Accept(user)
		}
		return p.watch()
	case invite.MatchString(line):
		found := invite.FindStringSubmatch(line)
		return p.each(line, principals(found[1]), func(by, user string) error { return p.Site.Invite(by, user, p.place(found[2])) }, true)
	case give.MatchString(line):
		found := give.FindStringSubmatch(line)
		return p.each(line, principals(found[3]), func(by, principal string) error {
			return p.Site.Give(by, principal, roles(found[1])[0], p.place(found[2]))
		}, true)
	case take.MatchString(line):
		found := take.FindStringSubmatch(line)
		return p.each(line, principals(found[3]), func(by, principal string) error {
			return p.Site.Take(by, principal, roles(found[1]), p.place(found[2]))
		}, false)
	case remove.MatchString(line):
		found := remove.FindStringSubmatch(line)
		return p.each(line, principals(found[1]), func(by, principal string) error { return p.Site.Remove(by, principal, p.place(found[2])) }, false)
	}
	return errors.New("nobody understands the step")
}

// each does an action for each principal, by somebody who can.
func (p *Person) each(line string, all []string, action func(by, principal string) error, isGiven bool) error {
	for _, principal := range all {
		if err := p.by(line, principal, action); err != nil {
			return err
		}
		if isGiven && p.Early && strings.HasPrefix(principal, "user:") {
			p.Site.Accept(principal)
		}
		if err := p.watch(); err != nil {
			return err
		}
	}
	return nil
}

// by lets those do it who can by the text, one after the other, until it is done.
func (p *Person) by(line, principal string, action func(by, principal string) error) error {
	able, err := p.able(line)
	if err != nil {
		return err
	}
	for _, one := range able {
		err = action(one, principal)
		if errors.Is(err, ErrNotOffered) && notThere.MatchString(line) {
			p.Site.Accept(principal)
			err = action(one, principal)
		}
		if errors.Is(err, ErrNoRow) && noRow.MatchString(line) {
			err = nil
		}
		p.Log = append(p.Log, fmt.Sprintf("%s: %s (%v)", one, line, err))
		if !errors.Is(err, ErrForbidden) {
			return err
		}
	}
	return fmt.Errorf("none of %v can do it: %w", able, err)
}

// able returns who can do a step by its text, oneself first, and after those whom it names
// whoever has one of the roles.
func (p *Person) able(line string) ([]string, error) {
	found := who.FindStringSubmatch(line)
	if found == nil {
		return nil, errors.New("the step does not say who can do it")
	}
	able := principals(found[2])
	p.Random.Shuffle(len(able), func(i, j int) { able[i], able[j] = able[j], able[i] })
	for _, role := range append(roles(found[1]), roles(found[3])...) {
		able = append(able, p.Site.Holders(role, p.Organisation)...)
	}
	if slices.Contains(able, p.Self) {
		able = append([]string{p.Self}, able...)
	}
	return able, nil
}

// watch reports that nobody is left who could mend things.
func (p *Person) watch() error {
	if len(p.Site.Administrators()) == 0 {
		return errors.New("no administrator is left who has accepted")
	}
	return nil
}

// place is the key of a place that a sentence names.
func (p *Person) place(told string) string {
	if told == "the "+p.Organisation {
		return p.Organisation
	}
	return typeOf.ReplaceAllString(told, "")
}

func principals(text string) []string {
	all := named.FindAllString(text, -1)
	for i := range all {
		all[i] = strings.TrimRight(all[i], ".")
	}
	return all
}

func roles(text string) []string {
	var all []string
	for _, found := range quoted.FindAllStringSubmatch(text, -1) {
		all = append(all, found[1])
	}
	return all
}
