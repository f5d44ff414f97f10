package principal

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"filippo.io/age"
	"filippo.io/age/agessh"
	"filippo.io/age/armor"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/provider/run"
)

// isEncryptionRecipient accepts the public keys that age encrypts to.
func isEncryptionRecipient() validator.String {
	return run.StringValidator{
		Valid:   "a public key for age: " + recipientForms,
		Summary: "Invalid encryption recipient",
		Check: func(value string) error {
			_, err := parseRecipient(value)
			return err
		},
	}
}

const recipientForms = `"age1…", "ssh-ed25519 …" or "ssh-rsa …"`

// parseRecipient reads a public key. It tries the key, too: with one that
// nothing can be encrypted to, a token would be lost right after it was made.
func parseRecipient(text string) (age.Recipient, error) {
	recipient, err := parsePublicKey(strings.TrimSpace(text))
	if err != nil {
		return nil, err
	}
	if _, err := recipient.Wrap(make([]byte, fileKeySize)); err != nil {
		return nil, fmt.Errorf("nothing can be encrypted to the public key %q: %w", text, err)
	}
	return recipient, nil
}

// fileKeySize is that of the keys which age wraps for each recipient.
const fileKeySize = 16

func parsePublicKey(key string) (age.Recipient, error) {
	switch {
	case strings.HasPrefix(key, "AGE-SECRET-KEY-"), strings.Contains(key, "PRIVATE KEY"):
		// It is not repeated here.
		return nil, errors.New("this is a private key. Give the public key that belongs to it; and make another pair, because this one stands in a configuration")
	case strings.Contains(key, "\n"):
		return nil, errors.New("this has several lines. Give each public key as an element of its own: only the first would be encrypted to")
	case strings.HasPrefix(key, "age1"):
		return age.ParseX25519Recipient(key)
	case strings.HasPrefix(key, "ssh-ed25519 "), strings.HasPrefix(key, "ssh-rsa "):
		return agessh.ParseRecipient(key)
	}
	return nil, fmt.Errorf("this is no public key that a token can be encrypted to; it starts with %.12q. Valid are %s", key, recipientForms)
}

// encrypt returns the text as an armored age file, which any one of the
// recipients can open.
func encrypt(text string, recipients []string) (string, error) {
	keys := make([]age.Recipient, len(recipients))
	for i, recipient := range recipients {
		key, err := parseRecipient(recipient)
		if err != nil {
			return "", err
		}
		keys[i] = key
	}
	var file strings.Builder
	armored := armor.NewWriter(&file)
	plain, err := age.Encrypt(armored, keys...)
	if err != nil {
		return "", err
	}
	if _, err := io.WriteString(plain, text); err != nil {
		return "", err
	}
	if err := errors.Join(plain.Close(), armored.Close()); err != nil {
		return "", err
	}
	return file.String(), nil
}
