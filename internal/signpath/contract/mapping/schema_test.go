package mapping_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract/mapping"
)

const (
	schemaFile = "../../../../docs/schemas/signpath-api.schema.json"
	formatPage = "../../../../templates/guides/api-mapping.md.tmpl"
)

// schema is the published one, as it is written.
func schema(t *testing.T) map[string]any {
	t.Helper()
	content, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	written := map[string]any{}
	if err := json.Unmarshal(content, &written); err != nil {
		t.Fatal(err)
	}
	return written
}

// inJSON is a YAML node as an editor hands it to a JSON Schema: names are texts.
func inJSON(t *testing.T, node *yaml.Node) any {
	t.Helper()
	switch node.Kind {
	case yaml.DocumentNode:
		return inJSON(t, node.Content[0])
	case yaml.MappingNode:
		object := map[string]any{}
		for i := 0; i < len(node.Content); i += 2 {
			object[node.Content[i].Value] = inJSON(t, node.Content[i+1])
		}
		return object
	case yaml.SequenceNode:
		list := []any{}
		for _, element := range node.Content {
			list = append(list, inJSON(t, element))
		}
		return list
	}
	var value any
	if err := node.Decode(&value); err != nil {
		t.Fatal(err)
	}
	return value
}

// TestSchemaAndReaderAgree compares the published schema with the reader. What is only in what
// a file means, such as two concepts of which one is inside the other, no schema can say.
func TestSchemaAndReaderAgree(t *testing.T) {
	written := schema(t)
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("schema", written); err != nil {
		t.Fatal(err)
	}
	compiled := compiler.MustCompile("schema")
	policy := func(text string) string { return "version: 1\nsigning_policy: " + text }
	user := func(text string) string { return "version: 1\nuser: " + text }
	for text, fits := range map[string]struct{ schema, reader bool }{
		whole:                                   {true, true},
		"version: 1\n":                          {true, true},
		"version: 1\nuser: TODO\nmembers: TODO": {true, true},
		"version: 1\nroles: TODO\ndocument: TODO":                                                           {true, true},
		user("{list: TODO, edit: TODO, answer: TODO}"):                                                      {true, true},
		user("{set: {role: {route: TODO, body: TODO}}}"):                                                    {true, true},
		user("{edit: {kept: [identity, a.b], body: {a: =name, b: <c.d, c: 7, d: null}}}"):                   {true, true},
		user("{list: {page: {number: TODO}}, answer: {name: 5}}"):                                           {true, true},
		user("{create: none, reinvite: none}"):                                                              {true, true},
		policy("{edit: {body: {a: {from: =submitters, members: {form: ids}, null: empty}}}}"):               {true, true},
		policy("{answer: {approvers: {members: {form: per_kind, user: u, each: {form: objects, id: x}}}}}"): {true, true},

		"user: {}":                                              {},
		"version: 2":                                            {},
		"version: 1\nx: 1":                                      {},
		"version: 1\ndocument: abc":                             {},
		"version: 1\nroles: {Admin: a}":                         {},
		"version: 1\nroles: {GlobalReader: [a]}":                {},
		"version: 1\nmembers: {answer: {form: names}}":          {},
		"version: 1\nmembers: {answer: {form: ids, x: 1}}":      {},
		"version: 1\ngroup: {answer: {added_members: x}}":       {},
		"version: 1\nproject: {activate: {}}":                   {},
		"version: 1\naudit_event: {read: {route: GET /Events}}": {},
		user("7"):                                                             {},
		user("{answer: {mail: x}}"):                                           {},
		user("{answer: {email: a..b}}"):                                       {},
		user("{answer: {email: {path: a, values: {}}}}"):                      {},
		user("{answer: {email: {path: a, null: x}}}"):                         {},
		user("{answer: {email: [a]}}"):                                        {},
		user("{read: none}"):                                                  {},
		user("{me: {route: POST /Me}}"):                                       {},
		user("{edit: {route: \"GET /People/{id}\"}}"):                         {},
		user("{edit: {route: \"PUT /People/{name}\"}}"):                       {},
		user("{edit: {route: \"DELETE /People/{id}\"}}"):                      {},
		user("{edit: {route: \"PUT /People/{id}?x=1\"}}"):                     {},
		user("{edit: {route: \"PUT https://example.com/{id}\"}}"):             {},
		user("{edit: {id: x}}"):                                               {},
		user("{edit: {body: {a..b: 1}}}"):                                     {},
		user("{edit: {body: {a: {values: {}}}}}"):                             {},
		user("{edit: {kept: identity}}"):                                      {},
		user("{set: {id: {route: \"POST /R/{id}\"}}}"):                        {},
		user("{list: {page: {number: p, first: 2}}}"):                         {},
		user("{list: {page: {skip: s, size: z, entries: 0}}}"):                {},
		user("{list: {page: {number: \"a&b\"}}}"):                             {},
		user("{list: {page: {whole: false}}}"):                                {},
		policy("{read: {route: \"GET /P/{policy}/{project}\"}}"):              {},
		policy("{create: {route: POST /P}}"):                                  {},
		policy("{answer: {active: {path: a, when_true: [], when_false: 1}}}"): {},

		"version: 1\nroles: {GlobalReader: a, UserAdministrator: a}": {schema: true},
		"version: 1\nmembers: {answer: {form: slugs}}":               {schema: true},
		user("{answer: {email: a, name: a.b}}"):                      {schema: true},
		user("{answer: {active: {path: a, when_true: 1}}}"):          {schema: true},
		user("{edit: {body: {a: =nobody}}}"):                         {schema: true},
		user("{list: {page: {number: p, skip: s}}}"):                 {schema: true},
	} {
		var root yaml.Node
		if err := yaml.Unmarshal([]byte(text), &root); err != nil {
			t.Fatal(err)
		}
		invalid := compiled.Validate(inJSON(t, &root))
		_, refused := mapping.Parse([]byte(text))
		if (invalid == nil) != fits.schema || (refused == nil) != fits.reader {
			t.Errorf("%.200s\nthe schema says %v, and the reader %v", text, invalid, refused)
		}
	}
}

var offered = regexp.MustCompile(`is not known; there can be (.*)$`)

// TestSchemaHasTheNamesOfTheReader asks the reader at each place of the schema for what there
// can be.
func TestSchemaHasTheNamesOfTheReader(t *testing.T) {
	asked := 0
	eachObject(schema(t), func(at []string, names []string) {
		asked++
		inside := any(map[string]any{"surplus": 1})
		for _, name := range slices.Backward(at) {
			inside = map[string]any{name: inside}
		}
		file, _ := inside.(map[string]any)
		file["version"] = 1
		content, err := json.Marshal(file)
		if err != nil {
			t.Fatal(err)
		}
		_, err = mapping.Parse(content)
		found := offered.FindStringSubmatch(strings.Split(fmt.Sprint(err), "\n")[0])
		if found == nil || found[1] != strings.Join(names, ", ") {
			t.Errorf("%s: the schema has %s, and the reader says %v", strings.Join(at, "."), strings.Join(names, ", "), err)
		}
	})
	if asked < 100 {
		t.Errorf("only %d places were looked at", asked)
	}
}

// eachObject calls what looks at the names that there can be at a place of a file. What a body
// has are names of the server.
func eachObject(root map[string]any, look func(at, names []string)) {
	var walk func(at []string, part map[string]any)
	walk = func(at []string, part map[string]any) {
		if name, ok := part["$ref"].(string); ok {
			definitions, _ := root["$defs"].(map[string]any)
			part, _ = definitions[strings.TrimPrefix(name, "#/$defs/")].(map[string]any)
		}
		choices, _ := part["anyOf"].([]any)
		for _, choice := range choices {
			inner, _ := choice.(map[string]any)
			walk(at, inner)
		}
		properties, ok := part["properties"].(map[string]any)
		if !ok {
			return
		}
		names := slices.Sorted(maps.Keys(properties))
		look(at, names)
		for _, name := range names {
			inner, _ := properties[name].(map[string]any)
			isDeep := name == "each" && slices.Contains(at, "each")
			if name != "body" && !isDeep {
				walk(append(slices.Clone(at), name), inner)
			}
		}
	}
	walk(nil, root)
}

// TestPageHasEveryName holds that the page about the format speaks of all that there can be.
func TestPageHasEveryName(t *testing.T) {
	content, err := os.ReadFile(formatPage)
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{"from": true, "ids": true, "objects": true, "per_kind": true, "slugs": true, "none": true, "TODO": true, "empty": true}
	eachObject(schema(t), func(_, found []string) {
		for _, name := range found {
			names[name] = true
		}
	})
	for name := range names {
		if !regexp.MustCompile(`\b` + name + `\b`).Match(content) {
			t.Errorf("the page does not speak of %s", name)
		}
	}
}

var yamlBlock = regexp.MustCompile("(?s)```yaml\n(.*?)```")

// TestFilesOfThePage reads the files that the page shows.
func TestFilesOfThePage(t *testing.T) {
	content, err := os.ReadFile(formatPage)
	if err != nil {
		t.Fatal(err)
	}
	blocks := yamlBlock.FindAllStringSubmatch(string(content), -1)
	for _, block := range blocks {
		parse(t, block[1])
	}
	if len(blocks) < 4 {
		t.Errorf("only %d files were read", len(blocks))
	}
}
