package evidence_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/secure-systems-lab/go-securesystemslib/dsse"

	"github.com/signpath-community/terraform-provider-signpath/internal/access/evidence"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/envelope"
)

// A keyPair is a key in the files that openssl writes.
type keyPair struct{ private, public, certificate []byte }

func newKeyPair(t testing.TB, private crypto.Signer) keyPair {
	t.Helper()
	public := private.Public()
	encode := func(kind string, der []byte, err error) []byte {
		if err != nil {
			t.Fatal(err)
		}
		return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	pair := keyPair{private: encode("PRIVATE KEY", der, err)}
	der, err = x509.MarshalPKIXPublicKey(public)
	pair.public = encode("PUBLIC KEY", der, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "auditor"}, NotBefore: noon, NotAfter: noon.AddDate(1, 0, 0)}
	der, err = x509.CreateCertificate(rand.Reader, template, template, public, private)
	pair.certificate = encode("CERTIFICATE", der, err)
	return pair
}

func newEd25519(t testing.TB) keyPair {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return newKeyPair(t, private)
}

func newECDSA(t testing.TB, curve elliptic.Curve) keyPair {
	t.Helper()
	private, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return newKeyPair(t, private)
}

func newRSA(t testing.TB, bits int) keyPair {
	t.Helper()
	private, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	return newKeyPair(t, private)
}

func sealHead() envelope.Envelope {
	id := officeID
	return envelope.Envelope{
		Tool: envelope.Tool{Name: "signpathctl", Version: "1.2.3"}, Organization: envelope.Organization{ID: &id}, Time: noon,
		ReadBy: &envelope.Reader{Member: "user:ada@example.com", Role: "Boss"}, Filters: map[string][]string{"files": {"budget"}, "folders": {}},
		Plan: &envelope.Plan{SHA256: strings.Repeat("0", 64)},
	}.Of("organization_review", nil)
}

// someType is that of one program.
const someType evidence.PredicateType = "https://example.com/sealed-report/v1"

const someReport = "\ufeffrecord,<b>\r\n\"ä & ö\"\n"

func sealed(t testing.TB, key keyPair) []byte {
	t.Helper()
	signer, err := evidence.ParseSigner(key.private)
	if err != nil {
		t.Fatal(err)
	}
	document, err := someType.Seal(t.Context(), signer, sealHead(), "csv", []byte(someReport))
	if err != nil {
		t.Fatal(err)
	}
	return document
}

func open(t testing.TB, document []byte, key keyPair) (*evidence.Sealed, error) {
	t.Helper()
	verifier, err := evidence.ParseVerifier(key.public)
	if err != nil {
		t.Fatal(err)
	}
	return someType.Open(t.Context(), document, verifier)
}

func TestSealedReportsComeBack(t *testing.T) {
	for name, key := range map[string]keyPair{"Ed25519": newEd25519(t), "ECDSA": newECDSA(t, elliptic.P256()), "RSA": newRSA(t, 2048)} {
		t.Run(name, func(t *testing.T) {
			read, err := open(t, sealed(t, key), key)
			if err != nil {
				t.Fatal(err)
			}
			if string(read.Report) != someReport || read.Format != "csv" || read.Head.ReadBy.Member != "user:ada@example.com" || read.KeyID == "" {
				t.Errorf("got %+v", read)
			}
			verifier, certificate, err := evidence.ParseCertificate(key.certificate)
			if err != nil || certificate.Subject.CommonName != "auditor" {
				t.Fatal(err)
			}
			if _, err := someType.Open(t.Context(), append(sealed(t, key), "\r\n"...), verifier); err != nil {
				t.Errorf("with a certificate: %v", err)
			}
		})
	}
}

// Whatever byte is changed, and wherever the file is cut, nothing of it is shown.
func TestChangedAndCutReportsAreRefused(t *testing.T) {
	key := newEd25519(t)
	whole := bytes.TrimRight(sealed(t, key), "\n")
	for i := range whole {
		for _, with := range []byte{whole[i] ^ 1, whole[i] ^ 0x20, ' ', '"'} {
			changed := slices.Clone(whole)
			if changed[i] = with; bytes.Equal(changed, whole) {
				continue
			}
			if read, err := open(t, changed, key); err == nil || read != nil {
				t.Fatalf("byte %d can be %q in place of %q", i, with, whole[i])
			}
		}
		if _, err := open(t, whole[:i], key); err == nil {
			t.Fatalf("%d bytes of it are enough", i)
		}
	}
}

// resign changes what is signed, and signs it with the same key: who has the key can write what
// it wants, but nothing that two programs read in two ways.
func resign(t *testing.T, key keyPair, payloadType, old, with string) []byte {
	t.Helper()
	var carried dsse.Envelope
	if err := json.Unmarshal(sealed(t, key), &carried); err != nil {
		t.Fatal(err)
	}
	payload, err := carried.DecodeB64Payload()
	if err != nil || !strings.Contains(string(payload), old) {
		t.Fatalf("%q is not in %s: %v", old, payload, err)
	}
	signer, err := evidence.ParseSigner(key.private)
	if err != nil {
		t.Fatal(err)
	}
	envelopes, err := dsse.NewEnvelopeSigner(signer)
	if err != nil {
		t.Fatal(err)
	}
	again, err := envelopes.SignPayload(t.Context(), payloadType, []byte(strings.Replace(string(payload), old, with, 1)))
	if err != nil {
		t.Fatal(err)
	}
	document, err := json.Marshal(again)
	if err != nil {
		t.Fatal(err)
	}
	return document
}

func TestWhatIsNoSealedReportIsRefused(t *testing.T) {
	key, other := newEd25519(t), newEd25519(t)
	whole := string(sealed(t, key))
	var one dsse.Envelope
	if err := json.Unmarshal([]byte(whole), &one); err != nil {
		t.Fatal(err)
	}
	signature := `{"keyid":"` + one.Signatures[0].KeyID + `","sig":"` + one.Signatures[0].Sig + `"}`
	wrong := `{"keyid":"","sig":"` + base64.StdEncoding.EncodeToString(make([]byte, 64)) + `"}`
	replace := func(old, with string) []byte { return []byte(strings.Replace(whole, old, with, 1)) }
	for want, document := range map[string][]byte{
		"sealed with another key":                    sealed(t, other),
		"it has 2 signatures, and a sealed":          replace("["+signature, "["+wrong+","+signature),
		"it has 0 signatures":                        replace("["+signature, "["),
		`the key "payload" is there twice`:           replace(`"payload":`, `"payload":"","payload":`),
		`the key "Payload" is there twice`:           replace(`"payload":`, `"payload":"","Payload":`),
		`its payload is of the type "text/plain"`:    replace(evidence.PayloadType, "text/plain"),
		"it ends too early":                          []byte(whole[:len(whole)/2]),
		"there is something behind its end":          []byte(whole + "{}"),
		"it is not written as a sealed report is":    replace(`"payload":`, ` "payload":`),
		"nested too deep":                            []byte(strings.Repeat("[", 100000)),
		"it is no sealed report":                     []byte("[]"),
		`is there twice`:                             resign(t, key, evidence.PayloadType, `"format":"csv"`, `"format":"csv","format":"html"`),
		"the digest of the report is not that":       resign(t, key, evidence.PayloadType, `record,`, `recard,`),
		"the digest of the plan is not":              resign(t, key, evidence.PayloadType, `"sha256":"0`, `"sha256":"1`),
		"no in-toto statement of version 1":          resign(t, key, evidence.PayloadType, "Statement/v1", "Statement/v0.1"),
		"or one of a later version":                  resign(t, key, evidence.PayloadType, "sealed-report/v1", "sealed-report/v2"),
		"its payload is of the type \"application/x": resign(t, key, "application/x", "record", "record"),
	} {
		if read, err := open(t, document, key); err == nil || read != nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

// What the file calls the key is not signed, so another name, or none, is not told.
func TestTheKeyIsNamedByTheKey(t *testing.T) {
	key := newEd25519(t)
	read, err := open(t, sealed(t, key), key)
	if err != nil {
		t.Fatal(err)
	}
	nameless, err := open(t, bytes.Replace(sealed(t, key), []byte(read.KeyID), nil, 1), key)
	if err != nil || nameless.KeyID != read.KeyID || read.KeyID == "" {
		t.Errorf("the key is called %+v, want %q: %v", nameless, read.KeyID, err)
	}
	if _, err := open(t, bytes.Replace(sealed(t, key), []byte(read.KeyID), []byte("the auditor"), 1), key); err == nil {
		t.Error("the key is called as somebody wrote into the file")
	}
}

func TestSealedReportsAreHeldToWhatIsExpected(t *testing.T) {
	key := newEd25519(t)
	read, err := open(t, sealed(t, key), key)
	if err != nil {
		t.Fatal(err)
	}
	for want, err := range map[string]error{
		"":                                   read.CheckAge(noon.Add(time.Hour), 2*time.Hour),
		"more than 1h0m0s ago":               read.CheckAge(noon.Add(2*time.Hour), time.Hour),
		"has not come yet":                   read.CheckAge(noon.Add(-time.Hour), 0),
		"and the report that was sealed has": read.CheckReport([]byte("x")),
		"and the report is of a plan with":   read.CheckPlan([]byte("x")),
		"the report shows files budget, and was expected to show everything":  read.CheckFilters(map[string][]string{}),
		"the report shows files budget, and was expected to show files other": read.CheckFilters(map[string][]string{"files": {"other"}}),
	} {
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	if err := read.CheckFilters(map[string][]string{"files": {"budget"}}); err != nil {
		t.Error(err)
	}
	if err := read.CheckReport([]byte(someReport)); err != nil {
		t.Error(err)
	}
}

func TestKeysAreRefused(t *testing.T) {
	t.Setenv("GODEBUG", "rsa1024min=0") // Go itself makes no weak keys, and others do.
	good, curve, weak := newEd25519(t), newECDSA(t, elliptic.P384()), newRSA(t, 1024)
	t.Setenv("GODEBUG", "")
	encrypted := pem.EncodeToMemory(&pem.Block{Type: "ENCRYPTED PRIVATE KEY", Bytes: []byte("x")})
	parseSigner := func(file []byte) error { _, err := evidence.ParseSigner(file); return err }
	parseVerifier := func(file []byte) error { _, err := evidence.ParseVerifier(file); return err }
	parseCertificate := func(file []byte) error { _, _, err := evidence.ParseCertificate(file); return err }
	for want, err := range map[string]error{
		"no PEM file":                            parseSigner([]byte("x")),
		`it is a "PUBLIC KEY", and no private`:   parseSigner(good.public),
		`it is a "PRIVATE KEY", and no public`:   parseVerifier(good.private),
		"it is a certificate, and no public":     parseVerifier(good.certificate),
		"holds no certificate":                   parseCertificate(good.public),
		"an RSA key of 1024 bits, which is weak": parseSigner(weak.private),
		"of 1024 bits, which is weak; there are": parseVerifier(weak.public),
		"1024 bits":                              parseCertificate(weak.certificate),
		"with the curve P-384":                   parseSigner(curve.private),
		"the curve P-384; there":                 parseVerifier(curve.public),
		"has a password":                         parseSigner(encrypted),
		"more than one key":                      parseVerifier(slices.Concat(good.public, curve.public)),
		"no private key that can be read":        parseSigner(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte("x")})),
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	// openssl writes the curve before the key.
	withCurve := append(pem.EncodeToMemory(&pem.Block{Type: "EC PARAMETERS", Bytes: []byte{6, 0}}), newECDSA(t, elliptic.P256()).private...)
	if err := parseSigner(withCurve); err != nil {
		t.Error(err)
	}
}

func FuzzOpen(f *testing.F) {
	key := newEd25519(f)
	whole := sealed(f, key)
	f.Add(whole)
	for _, seed := range []string{"", "{}", `{"payloadType":"application/vnd.in-toto+json","payload":"","signatures":[{"keyid":"","sig":""}]}`, "[[[["} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, document []byte) {
		read, err := open(t, document, key)
		if err == nil && !bytes.Equal(bytes.TrimRight(document, "\r\n"), bytes.TrimRight(whole, "\n")) {
			t.Errorf("%q is taken for %+v", document, read)
		}
	})
}
