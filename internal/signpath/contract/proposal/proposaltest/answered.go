// Package proposaltest is the person who makes a mapping file out of what is proposed for a
// server: it knows what the server is like.
package proposaltest

import (
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract/mapping"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract/proposal"
)

// mostRounds is how often a person proposes again after the answers, which tell more.
const mostRounds = 5

// Answered returns the mapping file that `signpathctl contract map` makes of the document, with
// all of its questions answered, and its marks confirmed or corrected, by the file that says the
// truth about the server. What is still open after some rounds is marked.
func Answered(t *testing.T, document []byte, truth string) string {
	t.Helper()
	var known []byte
	for range mostRounds {
		made, err := proposal.Propose(document, proposal.Options{Known: known})
		if err != nil {
			t.Fatal(err)
		}
		if known = made.Text; len(marks(t, known)) == 0 {
			break
		}
		known = answer(t, known, truth)
	}
	return string(known)
}

func marks(t *testing.T, text []byte) []mapping.Mark {
	t.Helper()
	file, err := mapping.Parse(text)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return file.Marks
}

// answer does what a person does: it writes what the server is in the place of each TODO, and
// confirms or corrects what is marked. What is as assumed, or nowhere, is deleted.
func answer(t *testing.T, text []byte, truth string) []byte {
	t.Helper()
	var root yaml.Node
	if err := yaml.Unmarshal([]byte(truth), &root); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(text), "\n")
	for _, m := range marks(t, text) {
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
