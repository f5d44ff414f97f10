package main

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/envelope"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/rehearsal"
)

// statusFaulty is the exit status of a rehearsal that found what cannot be right.
const statusFaulty exitStatus = 1

var rehearseFormats = []string{"text", "json"}

type rehearseFlags struct {
	connection connectionFlags
	format     string
	policies   []string
	edit       string
	yes        bool
	release    bool
}

func newContractRehearseCommand() *cobra.Command {
	var flags rehearseFlags
	command := &cobra.Command{
		Use:   "rehearse MAPPING-FILE",
		Short: "Read an organization by a mapping file, to compare it with the web application",
		Long: `Reads the whole organization by a mapping file, and shows what is understood: how many users, CI users, groups, projects and
signing policies there are, who has which role, whose account is inactive, who may submit and approve on three signing
policies, and the members of two groups. Compare each part with SignPath's web application, before anything is written.

It sends GET requests only, with the settings of the provider: flags, or the environment variables ` + api.EnvURL + `,
` + api.EnvOrganizationID + ` and ` + api.EnvToken + `. Use the token of a Global Reader or a Global Administrator: others see only the projects
that they have a right on. Lines of the file that nobody has confirmed are listed, with their questions; they do not keep anything
from being read.

It fails on what cannot be right: an id on a list that no list of users, CI users or groups holds, a role that is not known, a
state that is in neither list, a list without an end, an address or a name twice, something that no answer has where the file
says that it is, the token's own user on no list, or nobody who is an active Global Administrator.

With --try-edit, one object is written as it is: the only way to learn whether an edit keeps what it is not told. The request
is printed, and sent only with --yes; then the object is read again and compared. A signing policy that is not known to be for
tests needs --release, too. This works although lines of the file are not confirmed; nothing but the object that is named is written.

Exit status: 0 if nothing is wrong by itself, or the edit kept everything; 1 else.`,
		Example: `  signpathctl contract rehearse signpath-api.yaml
  signpathctl contract rehearse signpath-api.yaml --policy my-project/release-signing --policy my-project/test-signing
  signpathctl contract rehearse signpath-api.yaml --try-edit signing_policy:my-project/test-signing
  signpathctl contract rehearse signpath-api.yaml --try-edit signing_policy:my-project/test-signing --yes`,
		Args: takes("the mapping file"),
		RunE: func(command *cobra.Command, arguments []string) error {
			return runRehearse(command, arguments[0], flags)
		},
	}
	flags.connection.addWithoutMapping(command)
	options := command.Flags()
	options.StringVar(&flags.format, "format", rehearseFormats[0], oneOf(rehearseFormats))
	options.StringArrayVar(&flags.policies, "policy", nil, "signing policy to show, PROJECT/POLICY; several times for several (default: three that tell most)")
	options.StringVar(&flags.edit, "try-edit", "", "write one object as it is: signing_policy:PROJECT/POLICY, project:PROJECT, user:ADDRESS, ci_user:NAME or group:NAME")
	options.BoolVar(&flags.yes, "yes", false, "with --try-edit: send the request")
	options.BoolVar(&flags.release, "release", false, "with --try-edit and --yes: also for a signing policy that is not known to be for tests")
	return command
}

func runRehearse(command *cobra.Command, path string, flags rehearseFlags) error {
	if err := flags.check(); err != nil {
		return err
	}
	head := newEnvelope(now())
	mapped, err := api.ReadMapping(path)
	if err != nil {
		return err
	}
	client, err := flags.connection.newClientWith(mapped)
	if err != nil {
		return err
	}
	if flags.edit != "" {
		return runTryEdit(command, client, flags)
	}
	progress := newProgress(command.ErrOrStderr())
	found, err := rehearsal.Read(command.Context(), client, mapped, flags.policies, progress)
	progress.finish()
	if err != nil {
		return explainRehearsal(err)
	}
	var output bytes.Buffer
	if flags.format == "json" {
		head.Organization, head.ReadBy = readLive(command.Context(), client), readBy(found.Found.Caller)
		head.Filters = map[string][]string{"signing_policies": append([]string{}, flags.policies...)}
		err = envelope.Write(&output, struct {
			envelope.Envelope
			Mapping mappingFile `json:"mapping"`
			*rehearsal.Rehearsal
		}{head.Of("contract_rehearsal", envelope.Gaps(found.Found.Gaps...)), mappingFile{path, mapped.Document}, found})
	} else {
		err = found.WriteText(&output)
	}
	if err != nil {
		return err
	}
	if _, err := output.WriteTo(command.OutOrStdout()); err != nil {
		return err
	}
	if len(found.Faults) > 0 {
		return statusFaulty
	}
	return nil
}

// check refuses flags that would have no effect.
func (f rehearseFlags) check() error {
	switch {
	case f.edit == "" && (f.yes || f.release):
		return errors.New("--yes and --release need --try-edit: without it, nothing is written")
	case f.edit != "" && (f.format != rehearseFormats[0] || len(f.policies) > 0):
		return errors.New("--try-edit is about one object, and tells of it in text: leave out --format and --policy")
	}
	return mustBeOneOf("--format", f.format, rehearseFormats)
}

// A mappingFile says by what an organization was read.
type mappingFile struct {
	File string `json:"file"`
	// Document is the hash that the file states; empty if it states none.
	Document string `json:"document"`
}

// explainRehearsal adds to an error what to do about it.
func explainRehearsal(err error) error {
	if advice := adviceFor(err, "rehearsal"); advice != "" {
		return fmt.Errorf("%w.\n%s", err, advice)
	}
	return err
}
