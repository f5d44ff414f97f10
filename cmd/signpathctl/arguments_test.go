package main

import (
	"io"
	"strings"
	"testing"
)

func TestArgumentsAreRefused(t *testing.T) {
	const aPlan = "takes one argument, the file with a plan as terraform show -json prints it, or - for standard input, and got "
	for line, want := range map[string]string{
		"reviw":                `signpathctl has no command "reviw"; did you mean "review"?`,
		"review orga":          `signpathctl review has no command "orga"; did you mean "org"?`,
		"review everything":    `signpathctl review has no command "everything"; signpathctl review --help lists them`,
		"review plan":          "signpathctl review plan " + aPlan + "0",
		"review drift a b":     "signpathctl review drift " + aPlan + "2",
		"export":               "signpathctl export takes one argument, the directory to write, and got 0",
		"contract one another": "signpathctl contract takes one argument, the file or URL of the OpenAPI document, or - for standard input, and got 2",
	} {
		command := newRootCommand()
		command.SetOut(io.Discard)
		command.SetArgs(strings.Fields(line))
		if err := command.ExecuteContext(t.Context()); err == nil || err.Error() != want {
			t.Errorf("%s\ngot  %v\nwant %s", line, err, want)
		}
	}
}
