package proposal

import (
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract"
)

// writeAnswers states where the concepts are, and asks where nothing tells. What may be nowhere is
// asked in one question.
func (p *proposer) writeAnswers(t *thing) {
	isFirst, asked := true, map[string]bool{}
	for _, c := range concepts[t.name] {
		path := []string{t.name, "answer", c.name}
		switch at := t.answer[c.name]; {
		case at != nil && !at.known:
			p.writePlace(t, c, at)
		case at != nil || len(t.leaves) == 0:
		case c.isOptional && !p.wasAsked(t):
			isFirst = p.askOptional(t, c, path, isFirst)
		case !c.isOptional:
			p.askPlace(t, c, path, asked)
		}
	}
}

// askPlace asks where a concept is that the provider needs. Two that may be the same values are one
// question, and so is what is asked of other objects, too, of which the same values may be it.
func (p *proposer) askPlace(t *thing, c *concept, path []string, asked map[string]bool) {
	var names, fitting []string
	for _, l := range t.candidates(c) {
		if fitting = append(fitting, l.String()); isSolid(c, l) {
			names = append(names, l.String())
		}
	}
	if len(names) == 0 {
		names = fitting
	}
	verb := "is "
	if strings.HasPrefix(c.asks, "whether") || strings.HasPrefix(c.asks, "how") {
		verb = "says "
	}
	question, why := "Which of these "+verb+c.asks+": "+listOf(names)+"?", "the document does not tell them apart"
	if len(names) == 0 {
		question, why = "Which property "+verb+c.asks+"?", "nothing in the answer has the form of it"
	}
	if key := strings.Join(names, " "); asked[key] || p.isAskedBefore(path, question) {
		p.askAlong(path, question)
	} else {
		asked[key] = true
		p.ask(path, question, why)
	}
}

// isAskedBefore tells whether the same is asked about the same concept of other objects.
func (p *proposer) isAskedBefore(path []string, question string) bool {
	rank := slices.Index(things, path[0])
	return slices.ContainsFunc(p.file.facts, func(f *fact) bool {
		return f.isOpen && len(f.path) == 3 && slices.Index(things, f.path[0]) < rank && slices.Equal(f.path[1:], path[1:]) && f.behind == question
	})
}

// askOptional asks where a concept is that may be nowhere, if something is left that could be it. It
// tells whether nothing was asked yet.
func (p *proposer) askOptional(t *thing, c *concept, path []string, isFirst bool) bool {
	var names []string
	for _, l := range t.candidates(c) {
		if len(l.types) > 0 && !contract.IsNotEdited(l.last()) && (c.shape != shapeAny || t.name == auditEvent || l.isObject()) && memberFormOf(l.schema) == nil {
			names = append(names, l.String())
		}
	}
	if len(names) == 0 {
		return isFirst
	}
	question := "Which is " + c.asks + ", if any: " + listOf(names) + "? Delete the line if none"
	if isFirst && !p.isAskedBefore(path, question) {
		p.ask(path, question, "no name tells what these are; a server need not have each of them")
	} else {
		p.askAlong(path, question)
	}
	return false
}

// isOpen tells whether the file that is known still asks where a concept is.
func (p *proposer) isOpen(t *thing, c *concept) bool {
	line := p.file.find([]string{t.name, "answer", c.name})
	return line != nil && line.isOpen
}

// wasAsked tells whether the file that is known was made when it was known which objects the thing
// is: what may be nowhere and is not in it, is nowhere.
func (p *proposer) wasAsked(t *thing) bool {
	if p.first[t.name] != nil {
		return true
	}
	m := p.known.Things[thingOf(t.name)]
	return p.first != nil && m != nil && (len(m.Answer) > 0 || m.Create != nil || m.Edit != nil)
}
