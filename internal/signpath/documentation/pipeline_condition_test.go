package documentation_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A condition is an expression of a CI system that is true or false, or has a value.
// What is common to the languages of the three is enough for what the pipelines ask.
type condition struct {
	t      *testing.T
	text   string
	tokens []string
	// value is what a variable or the like is, and state tells whether all before
	// succeeded.
	value func(name string) string
	state bool
	// asked is true where the condition asks itself how things are.
	asked bool
}

var conditionToken = regexp.MustCompile(`\s*('[^']*'|"[^"]*"|&&|\|\||==|!=|[!(),]|\$?[A-Za-z_][\w.-]*(?:\['[^']*'\])?(?:\.[\w.]+(?:\['[^']*'\])?)*)`)

// evaluate returns the value of an expression: a text, or "true" or "false".
func (c *condition) evaluate() string {
	c.t.Helper()
	rest := strings.Join(strings.Fields(c.text), " ")
	for rest != "" {
		found := conditionToken.FindStringSubmatchIndex(rest)
		if found == nil || found[0] != 0 {
			c.t.Fatalf("the condition %q cannot be read at %q", c.text, rest)
		}
		c.tokens = append(c.tokens, rest[found[2]:found[3]])
		rest = strings.TrimSpace(rest[found[1]:])
	}
	value := c.or()
	if len(c.tokens) > 0 {
		c.t.Fatalf("the condition %q goes on with %q", c.text, c.tokens)
	}
	return value
}

func (c *condition) next(token string) bool {
	if len(c.tokens) == 0 || c.tokens[0] != token {
		return false
	}
	c.tokens = c.tokens[1:]
	return true
}

func (c *condition) or() string {
	value := c.and()
	for c.next("||") {
		if right := c.and(); !isTrue(value) {
			value = right
		}
	}
	return value
}

func (c *condition) and() string {
	value := c.compared()
	for c.next("&&") {
		if right := c.compared(); isTrue(value) {
			value = right
		}
	}
	return value
}

func (c *condition) compared() string {
	if c.next("!") {
		return truth(!isTrue(c.compared()))
	}
	value := c.operand()
	switch {
	case c.next("=="):
		return truth(value == c.operand())
	case c.next("!="):
		return truth(value != c.operand())
	}
	return value
}

func (c *condition) operand() string {
	if c.next("(") {
		value := c.or()
		if !c.next(")") {
			c.t.Fatalf("a bracket is open in %q", c.text)
		}
		return value
	}
	if len(c.tokens) == 0 {
		c.t.Fatalf("the condition %q ends too early", c.text)
	}
	token := c.tokens[0]
	c.tokens = c.tokens[1:]
	switch {
	case token[0] == '\'' || token[0] == '"':
		return token[1 : len(token)-1]
	case c.next("("):
		return c.call(token)
	}
	name, index, _ := strings.Cut(token, "['")
	if name == "variables" {
		return c.value(strings.TrimSuffix(index, "']"))
	}
	return c.value(strings.TrimPrefix(token, "$"))
}

func (c *condition) call(function string) string {
	var arguments []string
	for !c.next(")") {
		arguments = append(arguments, c.or())
		c.next(",")
	}
	switch function {
	case "cancelled", "canceled":
		c.asked = true
		return "false"
	case "succeeded":
		c.asked = true
		return truth(c.state)
	case "format":
		return strings.ReplaceAll(arguments[0], "{0}", arguments[1])
	case "and":
		return truth(!slices.ContainsFunc(arguments, func(value string) bool { return !isTrue(value) }))
	case "or":
		return truth(slices.ContainsFunc(arguments, isTrue))
	case "not":
		return truth(!isTrue(arguments[0]))
	case "eq":
		return truth(arguments[0] == arguments[1])
	case "ne":
		return truth(arguments[0] != arguments[1])
	}
	c.t.Fatalf("%q calls %s, which this test does not know", c.text, function)
	return ""
}

func isTrue(value string) bool { return value != "" && value != "false" }

func truth(is bool) string { return fmt.Sprint(is) }

// TestPipelineConditions holds the evaluation of conditions, on which the tests of the
// pipelines rest.
func TestPipelineConditions(t *testing.T) {
	values := map[string]string{
		"github.event_name": "push", "needs.plan.result": "success", "CI_COMMIT_BRANCH": "trunk", "CI_DEFAULT_BRANCH": "trunk",
		"Build.Reason": "Schedule", "dependencies.plan.outputs['plan.terraform.changes']": "true",
	}
	for text, want := range map[string]string{
		"github.event_name == 'push' && needs.plan.result != 'skipped'":                                             "true",
		"github.event_name == 'pull_request' && 'a' || 'b'":                                                         "b",
		"!cancelled() && (github.event_name == 'x' || 'y' == 'y')":                                                  "true",
		"github.event_name == format('pu{0}', 'sh')":                                                                "true",
		`$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH && $CI_COMMIT_BRANCH == "a b"`:                                     "false",
		"and(not(canceled()), ne(variables['Build.Reason'], 'Schedule'))":                                           "false",
		"and(succeeded(), eq(dependencies.plan.outputs['plan.terraform.changes'], 'true'))":                         "true",
		"and(succeeded(), or(eq('a', 'b'), eq(variables['Build.Reason'], 'Schedule')))":                             "true",
		"or(eq('a', 'b'), ne('a', 'a'))":                                                                            "false",
		"a.b == '' || github.event_name == 'pull_request'":                                                          "true",
		"'a' == 'b' || 'a' == 'c' && 'a' == 'a'":                                                                    "false",
		"github.event_name != 'pull_request' || github.event.pull_request.head.repo.full_name == github.repository": "true",
	} {
		c := &condition{t: t, text: text, state: true, value: func(name string) string { return values[name] }}
		if got := c.evaluate(); got != want {
			t.Errorf("%s is %s, want %s", text, got, want)
		}
	}
}
