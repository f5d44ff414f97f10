package proposal_test

import (
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract/mapping"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract/proposal"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

// parse reads a mapping, of which the empty text is the built-in one.
func parse(t *testing.T, text string) *mapping.File {
	t.Helper()
	if text == "" {
		return &mapping.File{}
	}
	file, err := mapping.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// What is proposed for a dialect without a mark is what the dialect is.
func TestProposalsAreRightOnDialects(t *testing.T) {
	for _, dialect := range slices.Concat(mock.SingleDialects(), mock.HostileDialects()) {
		if dialect.Dialect.Document != mock.DocumentTrue {
			continue // It says something else than the server.
		}
		t.Run(dialect.Name, func(t *testing.T) {
			proposed, made := propose(t, documentOf(t, mock.WithDialect(dialect.Dialect)))
			found := score(parse(t, dialect.Dialect.Mapping()), proposed)
			if len(found.wrong) > 0 {
				t.Errorf("wrong without a mark: %q\n%s", found.wrong, made.Text)
			}
		})
	}
}

// mappedServers are servers of other forms: one with names that are like those that are assumed,
// and one with others.
var mappedServers = map[string]string{
	"variant": `version: 1
roles: {GlobalAdministrator: GLOBAL_ADMINISTRATOR, RegularUser: null}
members:
  answer: {form: objects, id: principalId, kind: kind, kinds: {user: Person, ci_user: Robot, group: Team}}
  request: {form: ids}
user:
  list: {route: GET /People, items: data.people, page: {number: page, first: 0, size: pageSize, entries: 10, total: meta.total}}
  read: {route: "GET /People/{id}"}
  me: {route: GET /People/Me}
  answer:
    id: personId
    name: profile.displayName
    email: contact.mail
    notification_email: contact.notifyTo
    role: access.level
    active: {path: state, when_true: [Enabled], when_false: [Disabled]}
  create: {route: POST /People, body: {displayName: =name, contact.mail: =email, contact.notifyTo: =notification_email, sendMail: true}, id: personId}
  edit: {route: "PUT /People/{id}", body: {displayName: =name, contact.notifyTo: =notification_email}, kept: [role]}
  set: {role: {route: "POST /People/{id}/Role", body: {value: =role}}}
  activate: {route: "POST /People/{id}/Status", body: {state: Enabled}}
  deactivate: {route: "POST /People/{id}/Status", body: {state: Disabled}}
  reinvite: {route: "POST /People/{id}/Invitation"}
ci_user:
  list: {route: GET /Robots}
  read: {route: "GET /Robots/{id}"}
  me: {route: GET /Robots/Me}
  answer: {name: displayName, role: access.level, active: {path: isLocked, when_true: false, when_false: true}}
  create: {route: POST /Robots/Create, body: {displayName: =name}, id: robotId}
  edit: {route: "PUT /Robots/{id}", body: {displayName: =name, access.level: =role}}
  activate: {route: "POST /Robots/{id}/Unlock"}
  deactivate: {route: "POST /Robots/{id}/Lock"}
  regenerate_token: {route: "POST /Robots/{id}/Token", token: result.value}
group:
  list: {route: GET /Teams, items: items, page: {token: cursor, next: meta.next}}
  read: {route: "GET /Teams/{id}"}
  answer: {name: displayName, members: crew}
  create: {route: POST /Teams, body: {displayName: =name}}
  edit: {route: "PUT /Teams/{id}", body: {displayName: =name}}
  change_members: {route: "PUT /Teams/{id}/Crew", body: =members}
  modify_members: none
project:
  answer: {readers: access.viewers, configurators: access.editors}
  edit: {route: "PUT /Projects/{project}", body: {access.viewers: =readers, access.editors: =configurators}}
signing_policy:
  answer: {required_approvals: approval.quorum, approvers: approval.by, uses_approval_process: approval.required, active: isEnabled}
  edit: {body: {approval.quorum: =required_approvals, approval.by: =approvers, approval.required: =uses_approval_process}}
audit_event: {answer: {actor: who}}
`,
	"other words": `version: 1
members: {answer: {form: per_kind, user: staff, ci_user: engines, group: bands}}
user:
  list: {route: GET /Staff}
  read: {route: "GET /Staff/{id}"}
  me: {route: GET /Staff/Self}
  answer: {name: moniker, email: postbox, role: rank, active: {path: standing, when_true: [Upright], when_false: [Fallen]}}
  create: {route: POST /Staff/Hire, body: {moniker: =name, postbox: =email}, id: ticket}
  edit: {route: "PUT /Staff/{id}", body: {moniker: =name, rank: =role}}
  activate: {route: "POST /Staff/{id}/Wake"}
  deactivate: {route: "POST /Staff/{id}/Rest"}
  reinvite: {route: "POST /Staff/{id}/Knock"}
ci_user:
  list: {route: GET /Engines}
  read: {route: "GET /Engines/{id}"}
  me: {route: GET /Engines/Self}
  answer: {name: moniker, role: rank, active: running}
  create: {route: POST /Engines/Hire, body: {moniker: =name}, id: ticket}
  edit: {route: "PUT /Engines/{id}", body: {moniker: =name, rank: =role}}
  activate: {route: "POST /Engines/{id}/Switch", body: {on: true}}
  deactivate: {route: "POST /Engines/{id}/Switch", body: {on: false}}
  regenerate_token: {route: "POST /Engines/{id}/Key", token: key.text}
group:
  list: {route: GET /Bands}
  read: {route: "GET /Bands/{id}"}
  answer: {name: moniker, members: players}
  create: {route: POST /Bands/Form, body: {moniker: =name}, id: ticket}
  edit: {route: "PUT /Bands/{id}", body: {moniker: =name}}
  change_members: {route: "PUT /Bands/{id}/Players", body: {players: =members}}
  modify_members: none
project:
  list: {route: GET /Works}
  read: {route: "GET /Works/{project}"}
  answer: {slug: mark, name: moniker, readers: lookers, configurators: makers, signing_policies: {path: gates, slug: mark, name: moniker}}
  edit: {route: "PUT /Works/{project}", body: {moniker: =name, lookers: =readers, makers: =configurators}}
signing_policy:
  read: {route: "GET /Works/{project}/Gates/{policy}"}
  answer: {slug: mark, name: moniker, submitters: bringers, approvers: keepers, required_approvals: nods, verifies_origin_policy: provenance}
  edit:
    route: PUT /Works/{project}/Gates/{policy}
    body: {moniker: =name, bringers: =submitters, keepers: =approvers, nods: =required_approvals, provenance: =verifies_origin_policy}
audit_event: {answer: {actor: who}}
`,
}

// Of a server of any form, nothing that is wrong is proposed without a mark; and once a person has
// answered what is asked and corrected what is marked, the file says what the server is.
func TestProposalsOnMappedServers(t *testing.T) {
	for name, text := range mappedServers {
		t.Run(name, func(t *testing.T) { tryServer(t, text) })
	}
}

func tryServer(t *testing.T, text string) {
	truth := parse(t, text)
	document := documentOf(t, mock.WithMapping(text))
	proposed, made := propose(t, document)
	if again, err := proposal.Propose(document, proposal.Options{Tool: "signpathctl test"}); err != nil || string(again.Text) != string(made.Text) {
		t.Errorf("the same document makes another file (%v):\n%s\n%s", err, made.Text, again.Text)
	}
	found := score(truth, proposed)
	t.Logf("of %d facts, %s", len(factsOf(truth)), found)
	if len(found.wrong) > 0 {
		t.Errorf("wrong without a mark: %q\n%s", found.wrong, made.Text)
	}
	if len(found.asked) > 12 {
		t.Errorf("%d questions: %q", len(found.asked), found.asked)
	}
	for range 4 {
		if len(parse(t, string(made.Text)).Marks) == 0 {
			break
		}
		var err error
		if made, err = proposal.Propose(document, proposal.Options{Known: answered(t, made.Text, text)}); err != nil {
			t.Fatal(err)
		}
	}
	final := parse(t, string(made.Text))
	end := score(truth, final)
	if len(final.Marks) > 0 || len(end.wrong) > 0 || len(end.missed) > 0 {
		t.Errorf("in the end: missed %q, wrong %q, marks %v\n%s", end.missed, end.wrong, final.Marks, made.Text)
	}
}

// answered does what a person does: it writes what the server is in the place of each TODO, and
// confirms or corrects what is marked. What is as assumed, or nowhere, is deleted.
func answered(t *testing.T, text []byte, truth string) []byte {
	t.Helper()
	var root yaml.Node
	if err := yaml.Unmarshal([]byte(truth), &root); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(text), "\n")
	for _, m := range parse(t, string(text)).Marks {
		key, _, _ := strings.Cut(lines[m.Line-1], ": ")
		node := nodeAt(root.Content[0], m.Path)
		if node == nil {
			lines[m.Line-1] = "# deleted"
			continue
		}
		setFlow(node)
		value, err := yaml.Marshal(node)
		if err != nil {
			t.Fatal(err)
		}
		lines[m.Line-1] = key + ": " + strings.TrimSpace(string(value))
	}
	return []byte(withoutEmpty(strings.Join(lines, "\n")))
}

func setFlow(node *yaml.Node) {
	node.LineComment, node.HeadComment, node.FootComment = "", "", ""
	if node.Kind != yaml.ScalarNode {
		node.Style = yaml.FlowStyle
	}
	for _, inner := range node.Content {
		setFlow(inner)
	}
}

// nodeAt is what stands at a path, of which a name may have dots.
func nodeAt(node *yaml.Node, path string) *yaml.Node {
	if path == "" {
		return node
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		if rest, ok := strings.CutPrefix(path, node.Content[i].Value); ok && node.Kind == yaml.MappingNode && (rest == "" || rest[0] == '.') {
			if found := nodeAt(node.Content[i+1], strings.TrimPrefix(rest, ".")); found != nil {
				return found
			}
		}
	}
	return nil
}

// withoutEmpty deletes the names of maps of which nothing is left.
func withoutEmpty(text string) string {
	var root yaml.Node
	if err := yaml.Unmarshal([]byte(text), &root); err != nil {
		return text
	}
	prune(root.Content[0])
	result, err := yaml.Marshal(&root)
	if err != nil {
		return text
	}
	return string(result)
}

func prune(node *yaml.Node) {
	if node.Kind != yaml.MappingNode {
		return
	}
	var kept []*yaml.Node
	for i := 0; i+1 < len(node.Content); i += 2 {
		value := node.Content[i+1]
		prune(value)
		isEmpty := value.Kind == yaml.MappingNode && len(value.Content) == 0 || value.Tag == "!!null" && value.Value == ""
		if !isEmpty {
			kept = append(kept, node.Content[i], value)
		}
	}
	node.Content = kept
}
