package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/text"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
)

// looks are the waits between the looks at what was edited. It is a variable for tests, whose
// servers do not lag.
var looks = []time.Duration{time.Second, 2 * time.Second}

// runTryEdit prints the request that leaves one object as it is and, if it may, sends it and
// tells what became of the object.
func runTryEdit(command *cobra.Command, client *api.Client, flags rehearseFlags) error {
	target, err := api.ParseEditTarget(flags.edit)
	if err != nil {
		return fmt.Errorf("--try-edit: %w", err)
	}
	edit, err := client.RehearseEdit(command.Context(), target)
	if err != nil {
		return explainRehearsal(err)
	}
	say := func(format string, arguments ...any) {
		said := fmt.Sprintf(format, arguments...)
		for _, secret := range client.Secrets() {
			said = secret.ReplaceAllString(said, "(secret)")
		}
		_, _ = fmt.Fprintln(command.OutOrStdout(), text.VisibleLines(said))
	}
	say("This request leaves %s as it is:\n\n%s %s\n%s\n", edit.Object, edit.Method, edit.Path, indented(edit.Body))
	switch {
	case edit.IsGrave && flags.yes && !flags.release:
		return errors.New("it was not sent: by what is read, this signing policy is not for tests. Try one that is, or give --release, too")
	case !flags.yes:
		say("It was not sent. With --yes%s, it is sent, and the object is read again and compared. Nothing else is written.", alsoRelease(edit))
		return nil
	}
	say("This is how it is now. Keep it until you have read below that the edit kept everything:\n\n%s\n", indented(edit.Before))
	differences, err := edit.Send(command.Context(), looks...)
	if err != nil {
		return explainRehearsal(err)
	}
	isMinor := func(d api.Difference) bool { return d.IsMinor }
	kept := !slices.ContainsFunc(differences, func(d api.Difference) bool { return !d.IsMinor })
	if kept {
		say("It was sent, and the object was read again: the edit kept everything.")
	} else {
		say("It was sent, and the object was read again. THIS IS OTHERWISE NOW:\n%s", listOf(slices.DeleteFunc(slices.Clone(differences), isMinor)))
	}
	if slices.ContainsFunc(differences, isMinor) {
		say("What the provider does not know changed, as servers change times and counters by themselves. Look whether it is only that:\n%s",
			listOf(slices.DeleteFunc(differences, func(d api.Difference) bool { return !d.IsMinor })))
	}
	if kept {
		return nil
	}
	say("To put it back, set it in SignPath's web application to what it was. Then state in the mapping what the edit has to send, and try again; " +
		"or state `edit: none`, so that the provider does not use this edit.")
	return statusFaulty
}

func alsoRelease(edit *api.EditRehearsal) string {
	if edit.IsGrave {
		return " and --release, because this signing policy is not known to be for tests"
	}
	return ""
}

func listOf(differences []api.Difference) string {
	lines := make([]string, len(differences))
	for i, d := range differences {
		lines[i] = fmt.Sprintf("  - %s was %s, and is %s", d.Path, d.Before, d.After)
	}
	return strings.Join(lines, "\n")
}

func indented(body json.RawMessage) string {
	var out bytes.Buffer
	if json.Indent(&out, body, "", "  ") != nil {
		return string(body)
	}
	return out.String()
}
