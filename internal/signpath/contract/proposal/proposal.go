package proposal

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract/mapping"
)

// A Proposal is a mapping file that was made from a server's document.
type Proposal struct {
	// Text is the file.
	Text []byte
	// Facts are how many lines state something. Of these, Marks are not confirmed.
	Facts, Marks int
	// Questions are how many questions are asked. One may be about several values that are left open.
	Questions int
}

// Options say what a proposal is made with.
type Options struct {
	// Tool is the program and its version, for the head of the file.
	Tool string
	// Known is a mapping file that a person has worked on; nil without one. What it states
	// stays, with its comments, and tells more of the rest.
	Known []byte
}

// Propose makes a mapping file for the server of an OpenAPI document. The same document
// makes the same file. The error says why the document, or the file that is known, cannot be
// read.
func Propose(openAPI []byte, options Options) (*Proposal, error) {
	p, err := newProposer(openAPI, options.Known)
	if err != nil {
		return nil, err
	}
	p.propose()
	return p.finish(openAPI, options.Tool)
}

func newProposer(openAPI, known []byte) (*proposer, error) {
	d, err := readDocument(openAPI)
	if err != nil {
		return nil, err
	}
	p := newProposerOf(d)
	if known == nil {
		return p, nil
	}
	if p.known, err = mapping.Parse(known); err != nil {
		return nil, err
	}
	if p.known.Document == hashOf(openAPI) {
		first := newProposerOf(d)
		first.identify()
		p.first = first.things
	}
	if p.file, err = readFile(known); err != nil {
		return nil, err
	}
	p.file.facts = slices.DeleteFunc(p.file.facts, func(f *fact) bool { return f.path[0] == "version" || f.path[0] == "document" })
	return p, nil
}

func newProposerOf(d *document) *proposer {
	return &proposer{document: d, file: &file{}, known: &mapping.File{}, things: map[string]*thing{}}
}

// hashOf is how a mapping file names a document.
func hashOf(openAPI []byte) string {
	sum := sha256.Sum256(openAPI)
	return "sha256:" + hex.EncodeToString(sum[:])
}

func (p *proposer) propose() {
	p.identify()
	p.findCalls()
	p.proposeAnswers()
	p.proposeLists()
	p.proposeCalls()
}

// A proposer makes one proposal.
type proposer struct {
	document *document
	file     *file
	known    *mapping.File
	things   map[string]*thing
	// first are the things that were found when the known file was begun from the same document;
	// nil without one.
	first map[string]*thing
	// rolesAt is the enumeration by which the values of roles are stated for all things.
	rolesAt *schema
	// commonForm is the form of most lists of members in answers, as the file has it; empty for
	// the assumed one. bySlugs says that texts in lists are slugs.
	commonForm string
	bySlugs    bool
	// commonRequest is the form of most lists in requests.
	commonRequest string
}

// behindWidth is how long a line with a fact and its comment may be.
const behindWidth = 130

// state proposes a fact that the structure tells.
func (p *proposer) state(path []string, value, why string) {
	f := fact{path: path, value: value}
	if len(path)*2+len(path[len(path)-1])+len(value)+len(why) > behindWidth {
		f.above = []string{clean(why)}
	} else {
		f.behind = clean(why)
	}
	p.file.add(f)
}

// mark proposes a fact that a person has to confirm.
func (p *proposer) mark(path []string, value, why string) {
	p.file.add(fact{path: path, value: value, behind: "? " + clean(why)})
}

// ask leaves a fact open, with a question, and says why.
func (p *proposer) ask(path []string, question, why string) {
	f := fact{path: path, value: todo, behind: question, isOpen: true}
	if why != "" {
		f.above = []string{clean(why)}
	}
	p.file.add(f)
}

// askAlong leaves a fact open that belongs to the question before, or follows from its answer.
func (p *proposer) askAlong(path []string, question string) {
	p.file.add(fact{path: path, value: todo, behind: question, isOpen: true, follows: true})
}

// stateOrMark proposes a fact of the grade.
func (p *proposer) stateOrMark(g grade, path []string, value, why string) {
	if g == sure {
		p.state(path, value, why)
	} else {
		p.mark(path, value, why)
	}
}

func thingOf(name string) mapping.Thing { return mapping.Thing(name) }

// finish writes the file and counts what is in it.
func (p *proposer) finish(openAPI []byte, tool string) (*Proposal, error) {
	made := &Proposal{}
	for _, f := range p.file.facts {
		switch {
		case f.isOpen && f.follows:
		case f.isOpen:
			made.Questions++
		case f.isMarked():
			made.Marks++
			made.Facts++
		default:
			made.Facts++
		}
	}
	p.file.facts = append([]*fact{
		{path: []string{"version"}, value: "1"},
		{path: []string{"document"}, value: hashOf(openAPI), behind: "of the server's OpenAPI document"},
	}, p.file.facts...)
	made.Text = []byte(p.file.write(head(tool)))
	if _, err := mapping.Parse(made.Text); err != nil {
		return nil, fmt.Errorf("what was proposed is no mapping file, which is a fault of this program: %w", err)
	}
	return made, nil
}

// head says what the file is, and what to do with it.
func head(tool string) []string {
	if tool == "" {
		tool = "signpathctl"
	}
	return []string{
		"In what this server differs from what the provider assumes of SignPath's API; what is not here is as assumed.",
		"Made by " + clean(tool) + " from the server's OpenAPI document: signpathctl contract map",
		"",
		"A comment that begins with a question mark: proposed because a name is like another. Look it up in the web application, correct " +
			"the line if need be, and delete the comment. TODO: write the answer to the question behind it. While one of both is left, the provider " +
			"reads and does not write.",
		"",
		"Next: answers tell more, so run signpathctl contract map again with --mapping and this file, until nothing is open. Then run " +
			"signpathctl contract rehearse, which reads the organization through the file and shows what to compare with the web application.",
	}
}
