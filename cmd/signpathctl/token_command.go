package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/text"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
)

// statusUndelivered is the exit status of a rotation after which the old token does not work, or may
// not, and nobody is known to have the new one.
const statusUndelivered exitStatus = 2

// deliveryTimeout bounds the command that takes the new token, unless --timeout does.
const deliveryTimeout = 2 * time.Minute

func newTokenCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "token",
		Short: "Rotate the API token of a CI user, without Terraform",
		Args:  refuseCommand,
		RunE:  func(command *cobra.Command, _ []string) error { return command.Help() },
	}
	command.AddCommand(newTokenRotateCommand())
	return command
}

type rotateFlags struct {
	connection   connectionFlags
	timeout      time.Duration
	allowLockout bool
}

func newTokenRotateCommand() *cobra.Command {
	var flags rotateFlags
	command := &cobra.Command{
		Use:   "rotate CI_USER -- COMMAND [ARGUMENT...]",
		Short: "Generate another API token, and give it to a command that stores it",
		Long: `Generates another API token for a CI user, ci_user:NAME, and gives it to the standard input of a command that puts it where
builds find it: into Vault, Azure Key Vault, AWS Secrets Manager, a secret of GitHub or a variable of GitLab. The token is given
alone, without a line feed at its end. It is printed nowhere, and is in no argument, no environment and no file. Where the
command prints it, (token) stands in its place.

The old token does not work any more from the moment in which SignPath has generated the new one, until the command is done.
For a rotation without a gap, use two CI users, and rotate the one that no build uses.

First it is made sure that the command can be started, that the CI user exists and is active, that the token is not the one that
this command itself uses, and that the server answers as is assumed. What fails until then has changed nothing. After that, the
request is sent once. An interrupt does not end the delivery: the command is not told of it, and has the time that --timeout
gives. The command gets the environment of this one without $` + api.EnvToken + `.

If a signpath_ci_user_token of Terraform is about the same CI user, it keeps the old token, and does not learn of this. Rotate
that one by Terraform, with rotation_triggers.

It needs the role User Administrator or Global Administrator.

Exit status: 0 if the command took the token and ended with 0. 2 if the old token does not work any more, or may not, and the
command did not take the new one or failed: mend what is wrong and run the same again, which generates another token. 3 if the
server's own OpenAPI document does not say where the new token will be found; 1 for everything else. With 1 and 3, the old token
goes on working.`,
		Example: `  signpathctl token rotate ci_user:project-b-release -- vault kv put -mount=secret signpath/project-b token=-
  signpathctl token rotate ci_user:project-b-release -- gh secret set SIGNPATH_API_TOKEN --repo example/project-b
  signpathctl token rotate ci_user:project-b-release -- glab variable update SIGNPATH_API_TOKEN --repo example/project-b
  signpathctl token rotate ci_user:project-b-release -- aws secretsmanager put-secret-value \
    --secret-id signpath/project-b --secret-string file:///dev/stdin
  signpathctl token rotate ci_user:project-b-release -- az keyvault secret set --vault-name example \
    --name signpath-project-b --encoding utf-8 --file /dev/stdin --output none`,
		Args: takesCommand,
		RunE: func(command *cobra.Command, arguments []string) error {
			return runTokenRotate(command, arguments[0], arguments[1:], flags)
		},
	}
	flags.connection.addTo(command)
	options := command.Flags()
	options.DurationVar(&flags.timeout, "timeout", deliveryTimeout, "how long the command may take, such as 30s or 5m; then it is killed")
	options.BoolVar(&flags.allowLockout, "allow-lockout", false, "also for the CI user whose token this command uses, which nothing can use after that")
	return command
}

// takesCommand is for one argument, and a command behind a double dash.
func takesCommand(command *cobra.Command, arguments []string) error {
	switch dash := command.ArgsLenAtDash(); {
	case dash < 0:
		return fmt.Errorf("%s needs the command that takes the token, after --", command.CommandPath())
	case dash != 1:
		return fmt.Errorf("%s takes one argument before --, the CI user as ci_user:NAME, and got %d", command.CommandPath(), dash)
	case len(arguments) == 1:
		return fmt.Errorf("%s needs the command that takes the token, and there is nothing after --", command.CommandPath())
	}
	return nil
}

func runTokenRotate(command *cobra.Command, member string, taker []string, flags rotateFlags) error {
	if flags.timeout <= 0 {
		return fmt.Errorf("--timeout is %s, and must be above zero", flags.timeout)
	}
	reference, err := parseCIUser(member)
	if err != nil {
		return err
	}
	program, err := findProgram(taker[0])
	if err != nil {
		return fmt.Errorf("nothing was rotated, because the command to take the token cannot be run: %w", err)
	}
	client, err := flags.connection.newClient()
	if err != nil {
		return err
	}
	ctx := command.Context()
	p, err := checkRotation(ctx, command, client, reference, flags.allowLockout)
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return endRotation(command, err)
	}
	stop := context.AfterFunc(ctx, func() {
		command.PrintErrln("Interrupted. What has been sent is not broken off, because the new token would be lost. It ends when the command has that.")
	})
	defer stop()
	outliveTerminal()
	token, err := client.RegenerateToken(ctx, p.ID)
	if err != nil {
		return endRotation(command, fmt.Errorf("regenerating the API token of %s failed: %w", p, err))
	}
	taken := delivery{program: program, arguments: taker[1:], stdout: command.OutOrStdout(), stderr: command.ErrOrStderr(), timeout: flags.timeout}
	if err := taken.give(context.WithoutCancel(ctx), token); err != nil {
		return refuseWith(command, statusUndelivered, fmt.Errorf("the API token of %s was rotated, and the command does not have the new one for sure: %w.\n"+
			"The old token does not work any more, so whatever signs as %s is refused by now. "+
			"Nothing else has the new one, and it cannot be read back. Run the same again when the command works: that generates another token", p, err, reference))
	}
	command.PrintErrf("The API token of %s was rotated, and %s took the new one. The old one does not work any more.\n", text.Visible(p.String()), program)
	return nil
}

// parseCIUser reads a member reference that has to be that of a CI user.
func parseCIUser(member string) (access.Reference, error) {
	reference, err := access.ParseReference(member)
	switch isBareName := !strings.Contains(member, ":") && access.IsName(member) && !access.IsEmail(member); {
	case isBareName:
		return reference, fmt.Errorf("%q has no kind; did you mean %q?", member, string(access.KindCIUser)+":"+member)
	case err != nil:
		return reference, err
	case reference.Kind != access.KindCIUser:
		return reference, fmt.Errorf("%q is not a CI user: name one as ci_user:NAME, or ci_user: with a UUID", member)
	}
	return reference, nil
}

// checkRotation looks for what would make a rotation fail, or harm, and returns whose token it is.
func checkRotation(ctx context.Context, command *cobra.Command, client *api.Client, reference access.Reference, allowLockout bool) (access.Principal, error) {
	p, err := client.Resolve(ctx, reference)
	if err != nil {
		return p, err
	}
	if !p.Active {
		return p, fmt.Errorf("%s is inactive, so no token of it would work: activate it first", p)
	}
	me, err := client.Me(ctx)
	switch {
	case err != nil && !allowLockout:
		return p, fmt.Errorf("whether this is the token that signpathctl uses is not known: %w", err)
	case err != nil || me.ID != p.ID:
	case allowLockout:
		command.PrintErrf("Warning: this is the API token that signpathctl itself uses. Nothing can use it after this.\n")
	default:
		return p, fmt.Errorf("signpathctl itself uses the API token of %s, which nothing could use after this: "+
			"rotate it with the token of somebody else, or give --allow-lockout if you mean it", p)
	}
	if err := client.SettleToken(ctx); err != nil {
		return p, err
	}
	notice, _ := client.ContractNotice()
	for _, said := range []string{client.MappingNotice(), notice} {
		if said != "" {
			command.PrintErrln("Warning:", said)
		}
	}
	return p, nil
}

// endRotation reports why there is no new token, whether the old one works, and what to do.
func endRotation(command *cobra.Command, err error) error {
	var lost *api.LostTokenError
	if errors.As(err, &lost) {
		return refuseWith(command, statusUndelivered, fmt.Errorf("%w.\nThe old token may be invalid by now, and builds that use it may be refused. "+
			"The command was not run. Run the same again: that regenerates the token once more. "+
			"If the answer is the same then, generate the token in SignPath's web application, and report this message to the provider's project", err))
	}
	err = fmt.Errorf("nothing was rotated, and the old token goes on working: %w", err)
	advice := advise(err, "rotation", "Check "+spell(api.FieldOrganizationID)+", and the role of the token's user: it takes a User Administrator or a Global Administrator.")
	if advice != "" {
		err = fmt.Errorf("%w.\n%s", err, advice)
	}
	if api.IsUnsettled(err) {
		return refuseWith(command, statusRefuses, err)
	}
	return err
}

// refuseWith says what happened, and ends the command with a status of its own.
func refuseWith(command *cobra.Command, status exitStatus, err error) error {
	command.PrintErrln("Error:", text.VisibleLines(err.Error()))
	return status
}
