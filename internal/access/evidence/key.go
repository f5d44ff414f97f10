package evidence

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"

	"github.com/secure-systems-lab/go-securesystemslib/dsse"
	"github.com/secure-systems-lab/go-securesystemslib/signerverifier"
)

// minRSABits is what NIST SP 800-131A asks of RSA keys that sign.
const minRSABits = 2048

const whichKeys = "Ed25519, ECDSA with P-256, or RSA with 2048 bits or more; openssl genpkey -algorithm ed25519 -out KEY.pem makes one"

// ParseSigner reads a private key in PEM, as openssl writes it without a password. RSA keys sign
// by RSA-PSS, and ECDSA and RSA keys a SHA-256.
func ParseSigner(file []byte) (dsse.SignerVerifier, error) {
	block, err := onlyBlock(file)
	if err != nil {
		return nil, err
	}
	var key any
	switch block.Type {
	case "PRIVATE KEY":
		key, err = x509.ParsePKCS8PrivateKey(block.Bytes)
	case "EC PRIVATE KEY":
		key, err = x509.ParseECPrivateKey(block.Bytes)
	case "RSA PRIVATE KEY":
		key, err = x509.ParsePKCS1PrivateKey(block.Bytes)
	case "ENCRYPTED PRIVATE KEY":
		return nil, errors.New("the key has a password, which this does not ask for: let a command sign, by --seal-command")
	default:
		return nil, fmt.Errorf("it is a %q, and no private key in the form PKCS#8; there are %s", block.Type, whichKeys)
	}
	private, isKey := key.(crypto.Signer)
	if err != nil || block.Headers["DEK-Info"] != "" || !isKey {
		return nil, errors.New("it holds no private key that can be read: it must be in PEM, without a password")
	}
	if err := checkKey(private.Public()); err != nil {
		return nil, err
	}
	return load(block)
}

// ParseVerifier reads a public key in PEM.
func ParseVerifier(file []byte) (dsse.Verifier, error) {
	block, err := onlyBlock(file)
	if err != nil {
		return nil, err
	}
	switch block.Type {
	case "PUBLIC KEY":
	case "CERTIFICATE":
		return nil, errors.New("it is a certificate, and no public key")
	default:
		return nil, fmt.Errorf("it is a %q, and no public key", block.Type)
	}
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return nil, errors.New("it holds no public key that can be read")
	}
	if err := checkKey(key); err != nil {
		return nil, err
	}
	return load(block)
}

// ParseCertificate reads a certificate in PEM, and its key. Who issued it is for whoever names
// the file to know: no chain is looked at.
func ParseCertificate(file []byte) (dsse.Verifier, *x509.Certificate, error) {
	block, err := onlyBlock(file)
	if err != nil {
		return nil, nil, err
	}
	certificate, err := x509.ParseCertificate(block.Bytes)
	if block.Type != "CERTIFICATE" || err != nil {
		return nil, nil, errors.New("it holds no certificate that can be read")
	}
	if err := checkKey(certificate.PublicKey); err != nil {
		return nil, nil, err
	}
	public, err := x509.MarshalPKIXPublicKey(certificate.PublicKey)
	if err != nil {
		return nil, nil, err
	}
	verifier, err := load(&pem.Block{Type: "PUBLIC KEY", Bytes: public})
	return verifier, certificate, err
}

// onlyBlock returns what a PEM file holds, beside the parameters that openssl writes before some
// keys. Of several keys, nobody knows which is meant.
func onlyBlock(file []byte) (*pem.Block, error) {
	var found *pem.Block
	for {
		block, rest := pem.Decode(file)
		switch {
		case block == nil && found == nil:
			return nil, errors.New("it is no PEM file")
		case block == nil:
			return found, nil
		case block.Type == "EC PARAMETERS":
		case found != nil:
			return nil, errors.New("it holds more than one key or certificate")
		default:
			found = block
		}
		file = rest
	}
}

// checkKey refuses keys that are weak, and those of which the library does not know how to sign.
func checkKey(key crypto.PublicKey) error {
	switch key := key.(type) {
	case ed25519.PublicKey:
		return nil
	case *ecdsa.PublicKey:
		if key.Curve == elliptic.P256() {
			return nil
		}
		return fmt.Errorf("it is an ECDSA key with the curve %s; there are %s", key.Params().Name, whichKeys)
	case *rsa.PublicKey:
		if key.N.BitLen() >= minRSABits {
			return nil
		}
		return fmt.Errorf("it is an RSA key of %d bits, which is weak; there are %s", key.N.BitLen(), whichKeys)
	}
	return fmt.Errorf("it is a key of another kind; there are %s", whichKeys)
}

// load hands the library a key that it can use.
func load(block *pem.Block) (dsse.SignerVerifier, error) {
	key, err := signerverifier.LoadKey(pem.EncodeToMemory(block))
	if err != nil {
		return nil, err
	}
	switch key.KeyType {
	case signerverifier.ED25519KeyType:
		return signerverifier.NewED25519SignerVerifierFromSSLibKey(key)
	case signerverifier.ECDSAKeyType:
		return signerverifier.NewECDSASignerVerifierFromSSLibKey(key)
	default:
		return signerverifier.NewRSAPSSSignerVerifierFromSSLibKey(key)
	}
}
