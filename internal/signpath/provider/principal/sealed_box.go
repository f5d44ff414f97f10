package principal

import (
	"context"
	"crypto/ecdh"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"golang.org/x/crypto/nacl/box"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/tfkit"
)

// GitHub takes the value of a secret in one form alone: a sealed box of libsodium for the
// public key of the repository, environment or organization, in base64.
// https://docs.github.com/en/rest/guides/encrypting-secrets-for-the-rest-api

// isSealedBoxKey accepts the public keys that sealed boxes can be made for. It names the
// element, which no line of the configuration may have.
type isSealedBoxKey struct{}

// Description implements [validator.Describer].
func (isSealedBoxKey) Description(context.Context) string {
	return "value must be a public key of GitHub's: 32 bytes in base64"
}

// MarkdownDescription implements [validator.Describer].
func (v isSealedBoxKey) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

// ValidateString implements [validator.String].
func (isSealedBoxKey) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if _, err := parseSealedBoxKey(req.ConfigValue.ValueString()); err != nil {
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid public key", tfkit.Sentence(fmt.Sprintf("%s: %s", req.Path, err)))
	}
}

// sealedBoxKeySize is that of a public key of Curve25519.
const sealedBoxKeySize = 32

// parseSealedBoxKey reads a public key. One of low order is an error: everybody could open
// what is sealed for it. No error repeats what was given whole, because that may be a secret
// by mistake.
func parseSealedBoxKey(text string) (*[sealedBoxKeySize]byte, error) {
	const from = "Give the attribute `key` of a data source such as github_actions_public_key"
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("what starts with %.12q is not base64. %s", text, from)
	}
	if len(raw) != sealedBoxKeySize {
		return nil, fmt.Errorf("what starts with %.12q has %d bytes, and a public key of GitHub's has %d. %s", text, len(raw), sealedBoxKeySize, from)
	}
	public, err := ecdh.X25519().NewPublicKey(raw)
	if err != nil {
		return nil, err
	}
	// With a point of low order, each private key agrees on the same secret, which is zero
	// and an error. So any private key tells them all, in each encoding.
	private, err := ecdh.X25519().NewPrivateKey(make([]byte, sealedBoxKeySize))
	if err != nil {
		return nil, err
	}
	if _, err := private.ECDH(public); err != nil {
		return nil, errors.New("this is a public key of low order, which nobody makes by accident: everybody could open what is sealed for it. " + from)
	}
	return (*[sealedBoxKeySize]byte)(raw), nil
}

// seal returns the text in a sealed box that only the owner of the public key can open, in base64.
func seal(text, publicKey string) (string, error) {
	key, err := parseSealedBoxKey(publicKey)
	if err != nil {
		return "", err
	}
	sealed, err := box.SealAnonymous(nil, []byte(text), key, rand.Reader)
	if err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(sealed), nil
}
