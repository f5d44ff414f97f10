package verified

import (
	"fmt"
	"strings"
)

// A Question is one that no source answers.
type Question struct {
	// Asks is the question, which is a heading.
	Asks string
	// Known is what there is of it; empty if that is nothing.
	Known string
	// Meanwhile says how the provider behaves as long as there is no answer.
	Meanwhile string
	// Switches are those of the mock server's dialects that stand for other answers than the usual one.
	Switches []string
	// Settles says what would answer it.
	Settles string
}

// Questions adds what is not known, most important first, and counts it. Mock is the command that
// serves the vendor's mock. The rest are questions about which there is no more to say.
func (p *Page) Questions(mock string, questions []Question, rest []string) {
	p.Count("questions that no source answers", Unknown, len(questions)+len(rest))
	p.Say("## What is not known, and what would settle it", fmt.Sprintf("Most important first. A switch makes the mock server behave in another way than it usually does, as in `%s --dialect NAME`: so you can try what the provider does under each answer.", mock))
	for i, q := range questions {
		switches := "none; the provider asks no server about it."
		if len(q.Switches) > 0 {
			switches = "`" + strings.Join(q.Switches, "`, `") + "`."
		}
		p.Say(fmt.Sprintf("### %d. %s", i+1, q.Asks))
		if q.Known != "" {
			p.Say(q.Known)
		}
		p.Say("* **Until then:** " + q.Meanwhile + "\n" + switchesLead + switches + "\n* **What settles it:** " + q.Settles)
	}
	p.Say("### What else no source says", "* "+strings.Join(rest, "\n* "))
}

// switchesLead begins the line with the switches of a question.
const switchesLead = "* **Switches of the mock server:** "

// A Look is what somebody with access can ask a server, to settle questions. Its requests change
// nothing.
type Look struct {
	// About says who can look, and with what.
	About string
	// Prepare are the lines of a shell that put what is secret into files of its folder.
	Prepare []string
	// Requests are what is read then.
	Requests []Request
	// Words are the properties whose values are words of the vendor, and no data: these are shown.
	Words []string
	// Tells says what an answer means.
	Tells [][2]string
}

// A Request reads a URL, which may have variables of a shell.
type Request struct {
	// Name is for whoever reads what came of it.
	Name string
	// Arguments are those of curl beside the URL; empty if there are none.
	Arguments, URL string
}

// Look adds how to look, what to look at, and how to report it without data.
func (p *Page) Look(l Look) {
	p.Say("## The one look", l.About, "Write the commands into a file, with your ids in them, and run it with bash; it needs curl and jq, and asks for what is secret. To see first what it does, put the address that the mock server prints in the place of `https://api.…`, with the ids and the secret of the mock. It reads, and changes nothing. "+
		"What is secret is in files that nobody else can read, and in no argument; they are removed at the end. Of each answer it shows the status and the names and types of what is in it, and of its values these words of the vendor alone: `"+strings.Join(l.Words, "`, `")+"`.")
	script := []string{
		"umask 077",
		`work=$(mktemp -d) && cd "$work" || exit`,
		`trap 'rm -r "$work"' EXIT`,
		"cat >shape.jq <<'EOF'",
		`def word: (type == "string" and test("^[A-Za-z0-9_]+$")) or type == "number";`,
		`def shape: if type == "object"`,
		`  then with_entries(if (.key | IN("` + strings.Join(l.Words, `", "`) + `")) and (.value | word) then . else .value |= shape end)`,
		`  elif type == "array" then map(shape) | unique else type end;`,
		"shape",
		"EOF",
	}
	script = append(script, l.Prepare...)
	for _, request := range l.Requests {
		script = append(script, strings.Join(strings.Fields("curl -sS "+request.Arguments), " ")+
			` -w '%{stderr}`+request.Name+`: %{http_code}\n' "`+request.URL+`" | jq -f shape.jq`)
	}
	p.Say("```shell\n" + strings.Join(script, "\n") + "\n```")
	var rows [][]string
	for _, tell := range l.Tells {
		rows = append(rows, tell[:])
	}
	p.Table([]string{"what the answers have", "what it means"}, rows)
	p.Say("**To report it**, open an issue at the provider's project with the day, the statuses and what the commands printed. " +
		"Read it before you send it: there must be no address, no id, no key and no name of a person or an application in it, nor does anybody need these. " +
		"An answer that is no JSON shows as an error of jq: say so, and leave it out.")
}
