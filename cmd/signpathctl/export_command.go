package main

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"

	"github.com/spf13/cobra"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/export"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/survey"
)

type exportFlags struct {
	connection        connectionFlags
	emptyLists, force bool
	moved             bool
	format            string
	moduleSource      string
}

// The formats of an export: what the access lists of projects are written as.
const (
	exportHCL  = "hcl"
	exportYAML = "yaml"
)

var exportFormats = []string{exportHCL, exportYAML}

// defaultModuleSource is where the module signpath-project comes from: for a release, from its tag,
// so that it is the module that was released with this export.
func defaultModuleSource() string {
	const source = "github.com/signpath-community/terraform-provider-signpath//modules/signpath-project"
	if regexp.MustCompile(`^\d+\.\d+\.\d+$`).MatchString(version) {
		return source + "?ref=v" + version
	}
	return source
}

func newExportCommand() *cobra.Command {
	var flags exportFlags
	command := &cobra.Command{
		Use:   "export DIRECTORY",
		Short: "Write an existing organization as a Terraform configuration that imports it",
		Long: `Write an existing SignPath organization as a Terraform configuration with import blocks.

It only reads from SignPath, with the settings of the provider: flags, or the environment variables ` + api.EnvURL + `,
` + api.EnvOrganizationID + ` and ` + api.EnvToken + `. The token is taken from a file or from the environment, and is in no
file that is written. Use the token of a Global Reader, Project Administrator or Global Administrator: others see only
the projects that they have a right on.

A plan of the result shows imports and no change:

  signpathctl export signpath
  cd signpath && terraform init && terraform plan

DIRECTORY gets principals.tf (users, CI users, groups and who is in them), roles.tf (who has each global role other than
Regular User, and nobody else), one file per project, imports.tf and provider.tf; and a copy of the mapping file, ` + export.MappingFile + `, if
one is used. What cannot be managed is named in comments, with the reason:
users and groups that a directory synchronizes, the account of SignPath's support, and what the provider refuses.

With --format yaml, the access lists of all projects are in projects.yaml instead of one file per project, and projects.tf calls
the module signpath-project with it. Lists that this cannot have are in entries.tf. --module-source says where the module is:
of a release, the module of the same release at GitHub; else that of the repository as it is now. A path begins with ./, ../ or /, and
is seen from DIRECTORY.

To go from one format to the other where the lists are in a state already, export with --moved, which also writes moved.tf: with
it, the plan moves each list to its new address. Without it, the plan imports the list there, and destroys it at the old one.

Each access list becomes one resource that owns the list as a whole. Lists that nobody is on are left out, so that
Terraform does not manage them, and nothing shows who comes onto them: but for those of signing policies that use the
approval process or are for releases, which are written as members = []. With --include-empty-lists all are, and
Terraform removes whoever comes onto them. A list with an entry that is no user or group of the organization is written entry by entry.

The same organization always gives the same files. Exit status: 0 if everything was written, also with warnings;
1 if not.`,
		Args: takes("the directory to write"),
		RunE: func(command *cobra.Command, arguments []string) error {
			return runExport(command, flags, arguments[0])
		},
	}
	options := command.Flags()
	flags.connection.addTo(command)
	options.StringVar(&flags.format, "format", exportFormats[0], oneOf(exportFormats)+": how to write the access lists of projects")
	options.StringVar(&flags.moduleSource, "module-source", "", "for --format yaml: the source of the module signpath-project")
	options.BoolVar(&flags.emptyLists, "include-empty-lists", false, "write all access lists that nobody is on, which keeps them empty")
	options.BoolVar(&flags.moved, "moved", false, "also write moved blocks, for a state that has the lists of projects in the other format")
	options.BoolVar(&flags.force, "force", false, "write into a directory with files in it, and replace those that an export wrote")
	return command
}

// options are what the flags ask for, but for the mapping.
func (f exportFlags) options() (export.Options, error) {
	options := export.Options{EmptyLists: f.emptyLists, Moved: f.moved}
	if err := mustBeOneOf("--format", f.format, exportFormats); err != nil {
		return options, err
	}
	switch {
	case f.format == exportYAML:
		options.ModuleSource = cmp.Or(f.moduleSource, defaultModuleSource())
	case f.moduleSource != "":
		return options, errors.New("--module-source goes with --format " + exportYAML + " only")
	}
	return options, nil
}

func runExport(command *cobra.Command, flags exportFlags, directory string) error {
	options, err := flags.options()
	if err != nil {
		return explainExport(err)
	}
	if err := export.CheckDestination(directory, flags.force); err != nil {
		return explainExport(err)
	}
	mapped, err := flags.connection.readMapping()
	if err != nil {
		return err
	}
	client, err := flags.connection.newClientWith(mapped)
	if err != nil {
		return err
	}
	if mapped != nil {
		options.Mapping = mapped.Content
	}
	progress := newProgress(command.ErrOrStderr())
	found, err := survey.ReadStrictly(command.Context(), client, progress)
	progress.finish()
	if err != nil {
		return explainExport(err)
	}
	configuration := export.Generate(found, options)
	replaces, err := configuration.ReplacesOtherFormat(directory)
	if err != nil {
		return explainExport(err)
	}
	if err := configuration.Write(directory, flags.force); err != nil {
		return explainWrite(err)
	}
	if err := reportExport(command, found, configuration, directory, flags.moved); err != nil || !replaces || flags.moved {
		return err
	}
	_, err = fmt.Fprintln(command.OutOrStdout(), "The access lists of projects were here in the other format. If a state has them already, export again with --moved before a plan: "+
		"without it, the plan imports each list at its new address, and destroys it at the old one.")
	return err
}

func reportExport(command *cobra.Command, found *survey.Survey, configuration *export.Configuration, directory string, isMoved bool) error {
	output := command.OutOrStdout()
	if err := configuration.Summary.WriteTable(output); err != nil {
		return err
	}
	shows := fmt.Sprintf("%d to import and nothing else", configuration.Summary.Imports())
	if isMoved {
		shows = "nothing to add, change or destroy"
	}
	if _, err := fmt.Fprintf(output, "\n%d files in %s. Next: terraform init and terraform plan there, which must show %s.\n",
		len(configuration.Files), directory, shows); err != nil {
		return err
	}
	if unwatched := configuration.Summary.Unwatched; unwatched > 0 {
		if _, err := fmt.Fprintf(output, "%d lists that nobody is on are not watched: no plan shows who comes onto them. "+
			"With --include-empty-lists they are written, too.\n", unwatched); err != nil {
			return err
		}
	}
	if warning := export.Partial(found); warning != "" {
		command.PrintErrln("Warning:", warning)
	}
	return nil
}
