package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract/proposal"
)

type contractMapFlags struct {
	way     wayFlags
	mapping string
}

func newContractMapCommand() *cobra.Command {
	var flags contractMapFlags
	command := &cobra.Command{
		Use:   "map SWAGGER-FILE-OR-URL",
		Short: "Propose a mapping file for an installation, from its OpenAPI document",
		Long: `Reads the OpenAPI document of a SignPath installation, <apiUrl>/swagger/v1/swagger.json, and writes a mapping file to
standard output: in what the names, forms and routes of the installation differ from those that the provider assumes.
What is as assumed is not in the file. Each line says in a comment why it was proposed:

  # …        the document leaves nothing else: it is the only property with the names of the roles, the only route
             that takes a list of members, and the like
  # ? …      it was proposed because its name is like another one, or by the meaning of a word. Look it up in the web
             application, correct the line if need be, and delete the comment
  TODO # …   the document does not tell. The comment asks what somebody sees who looks at the web application; write
             the answer in the place of TODO

While a line with one of the latter two is left, the provider reads through the file, and does not write.

An answer may tell more. So run the command again with --mapping and the file in which questions were answered, and
write to a new file: what is stated there is kept, with its comments, and what follows from it is added. Once nothing is
left to answer or to confirm, signpathctl contract rehearse reads the organization through the file.

A URL is fetched as signpathctl contract does. Use - to read standard input. Standard error says how many lines state
something, how many of them are to be confirmed, and how many questions are left. The exit status is 0 with questions,
too; it is 1 if the document or the mapping file cannot be read. The same document gives the same file.`,
		Example: `  signpathctl contract map https://signpath.example.com/Api/swagger/v1/swagger.json > signpath-api.yaml
  signpathctl contract map swagger.json --mapping signpath-api.yaml > answered.yaml`,
		Args: takes("the file or URL of the OpenAPI document, or - for standard input"),
		RunE: func(command *cobra.Command, arguments []string) error {
			return runContractMap(command, arguments[0], flags)
		},
	}
	flags.way.addTo(command)
	command.Flags().StringVar(&flags.mapping, "mapping", "", "mapping file that a person has worked on, from which to go on")
	return command
}

func runContractMap(command *cobra.Command, source string, flags contractMapFlags) error {
	known, err := api.ReadMapping(flags.mapping)
	if err != nil {
		return err
	}
	read, err := readDocument(command, source, flags.way)
	if err != nil {
		return err
	}
	made, err := proposal.Propose(read.content, proposal.Options{Tool: "signpathctl " + version, Known: known.ContentOf()})
	if err != nil {
		return fmt.Errorf("%s is %w", read.Source, err)
	}
	if _, err := command.OutOrStdout().Write(made.Text); err != nil {
		return err
	}
	_, err = fmt.Fprintf(command.ErrOrStderr(), "%s%s.\n", read.told(), countsOf(made))
	return err
}

// countsOf says what is in a proposal.
func countsOf(made *proposal.Proposal) string {
	if made.Facts+made.Questions == 0 {
		return "The installation is as assumed, as far as its document tells: no mapping file is needed"
	}
	counts := count(made.Facts, "fact is", "facts are") + " stated, of which " + count(made.Marks, "is", "are") + " to be confirmed (# ?)"
	if made.Questions > 0 {
		counts += "; " + count(made.Questions, "question is", "questions are") + " left (TODO)"
	}
	return counts
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
