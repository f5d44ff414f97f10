package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"

	"github.com/secure-systems-lab/go-securesystemslib/dsse"
	"github.com/spf13/cobra"

	"github.com/signpath-community/terraform-provider-signpath/internal/access/evidence"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/envelope"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/text"
)

// sealedReport is what the statements of this program are about.
const sealedReport evidence.PredicateType = "https://github.com/signpath-community/terraform-provider-signpath/sealed-report/v1"

// sealFlags let a command write its report sealed.
type sealFlags struct{ key, command string }

// addSealFlags lets a command seal what it writes.
func addSealFlags(command *cobra.Command, flags *sealFlags) {
	options := command.Flags()
	options.StringVar(&flags.key, "seal", "",
		"PEM file with a private key: the report is written inside of a signed statement, which signpathctl review verify checks")
	options.StringVar(&flags.command, "seal-command", "",
		"command that signs instead of a key file: it gets on standard input what is to be signed, and answers the signature in Base64")
}

const sealHelp = `--seal writes the report, in the format of --format, inside of an in-toto statement in a DSSE envelope, signed with a private
key: Ed25519, ECDSA with P-256, or RSA with 2048 bits or more. --seal-command has a key elsewhere sign, such as one in a
KMS: it is run without a shell, gets the bytes to sign (the PAE of DSSE) on standard input, and answers in Base64 a
signature by Ed25519, by ECDSA over SHA-256 in ASN.1, or by RSA-PSS over SHA-256 with a salt of 32 bytes. Whoever has the
public key checks it with "signpathctl review verify".`

func (f *sealFlags) isSet() bool { return f.key != "" || f.command != "" }

// signer is nil where nothing is to be sealed. It is made before anything is read, so that a wrong
// key is told at once.
func (f *sealFlags) signer(stderr io.Writer) (dsse.Signer, error) {
	switch {
	case f.key != "" && f.command != "":
		return nil, errors.New("--seal and --seal-command exclude each other")
	case f.key != "":
		file, err := os.ReadFile(f.key)
		if err != nil {
			return nil, fmt.Errorf("--seal: %w", err)
		}
		signer, err := evidence.ParseSigner(file)
		if err != nil {
			return nil, fmt.Errorf("--seal: %s: %w", f.key, err)
		}
		warnOfOpenKey(stderr, f.key)
		return signer, nil
	case f.command != "":
		words := strings.Fields(f.command)
		if len(words) == 0 {
			return nil, errors.New("--seal-command is empty")
		}
		if _, err := exec.LookPath(words[0]); err != nil {
			return nil, fmt.Errorf("--seal-command: %w", err)
		}
		return commandSigner{words, stderr}, nil
	}
	return nil, nil
}

// warnOfOpenKey warns of a key file that others than its owner may read or replace. Windows tells that in another way.
func warnOfOpenKey(stderr io.Writer, path string) {
	info, err := os.Stat(path)
	if runtime.GOOS == "windows" || err != nil || !info.Mode().IsRegular() || info.Mode().Perm()&0o077 == 0 {
		return
	}
	_, _ = fmt.Fprintf(stderr, "Warning: --seal: others than its owner have access to the private key %s (mode %04o): whoever reads it seals any report. "+
		"Take that away: chmod 600.\n", text.Visible(path), info.Mode().Perm())
}

// writeReport writes a report as it is, or sealed if there is a signer: then with the sums of the files that it was made of.
func writeReport(
	command *cobra.Command, signer dsse.Signer, head envelope.Envelope, format string, report []byte, inputs ...evidence.Input,
) error {
	if signer != nil {
		sealed, err := sealedReport.Seal(command.Context(), signer, head, format, report, inputs...)
		if err != nil {
			return fmt.Errorf("the report could not be sealed: %w", err)
		}
		report = sealed
	}
	_, err := command.OutOrStdout().Write(report)
	return err
}

// A commandSigner has another program sign.
type commandSigner struct {
	words  []string
	stderr io.Writer
}

// maxSignatureBytes is more than any signature has.
const maxSignatureBytes = 1 << 16

// Sign implements [dsse.Signer].
func (s commandSigner) Sign(ctx context.Context, data []byte) ([]byte, error) {
	var output bytes.Buffer
	program := exec.CommandContext(ctx, s.words[0], s.words[1:]...) //nolint:gosec // The caller names the command on the command line.
	program.Stdin, program.Stdout, program.Stderr = bytes.NewReader(data), &output, s.stderr
	if err := program.Run(); err != nil {
		return nil, fmt.Errorf("--seal-command: %s: %w", s.words[0], err)
	}
	signature, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(output.String()), ""))
	if err != nil || len(signature) == 0 || len(signature) > maxSignatureBytes {
		return nil, fmt.Errorf("--seal-command: %s answered %d bytes, which are no signature in Base64", s.words[0], output.Len())
	}
	return signature, nil
}

// KeyID implements [dsse.Signer]: which key it was, the other program knows alone.
func (s commandSigner) KeyID() (string, error) { return "", nil }
