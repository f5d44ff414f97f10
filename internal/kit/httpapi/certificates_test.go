package httpapi_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
)

// listenTLS starts a server behind TLS, with a certificate that nobody
// knows, and returns that certificate as PEM.
func listenTLS(t *testing.T, change func(*tls.Config)) (s *server, authority string) {
	t.Helper()
	s = newServer(t)
	open := httptest.NewUnstartedServer(s)
	open.Config.ErrorLog = log.New(io.Discard, "", 0)
	open.TLS = &tls.Config{}
	if change != nil {
		change(open.TLS)
	}
	open.EnableHTTP2 = true
	open.StartTLS()
	t.Cleanup(open.Close)
	s.config.URL = open.URL + "/Api"
	s.config.RetryBudget = 2 * time.Second
	return s, pemOf("CERTIFICATE", open.Certificate().Raw)
}

func pemOf(kind string, content []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: content}))
}

// newCertificate returns a certificate that signs itself, and its key, as PEM.
func newCertificate(t *testing.T, template x509.Certificate) (certificate, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template.SerialNumber, template.Subject = big.NewInt(1), pkix.Name{CommonName: "build.example.com"}
	if template.NotAfter.IsZero() {
		template.NotAfter = time.Now().Add(time.Hour)
	}
	raw, err := x509.CreateCertificate(rand.Reader, &template, &template, private.Public(), crypto.Signer(private))
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return pemOf("CERTIFICATE", raw), pemOf("PRIVATE KEY", encoded)
}

func TestAuthorityOfOnesOwn(t *testing.T) {
	s, authority := listenTLS(t, nil)
	other, _ := newCertificate(t, x509.Certificate{})
	for name, c := range map[string]struct {
		file string
		want bool
	}{
		"without it":        {"", false},
		"another":           {other, false},
		"with it":           {authority, true},
		"among others":      {"# ours\n" + other + authority, true},
		"with a key before": {pemOf("PRIVATE KEY", []byte("x")) + authority, true},
	} {
		t.Run(name, func(t *testing.T) {
			if s.config.CACertificateFile = ""; c.file != "" {
				s.config.CACertificateFile = writeFile(t, c.file)
			}
			s.restart()
			err := s.do(t.Context(), list)
			if c.want {
				s.check(err)
				return
			}
			expectError(t, err, "no answer from Example", "certificate signed by unknown authority", "request id")
			expectAdvice(t, err, "set ca_certificate_file to a PEM file")
		})
	}
}

func expectAdvice(t *testing.T, err error, want string) {
	t.Helper()
	if _, got := answered(t, err).Explain(httpapi.Audience{Spell: httpapi.Field.String}); !contains(got, want) {
		t.Errorf("the advice is %q, want %q", got, want)
	}
}

func TestOtherTroubleWithTLS(t *testing.T) {
	expired, expiredKey := newCertificate(t, x509.Certificate{
		NotAfter: time.Now().Add(-time.Hour), IsCA: true, BasicConstraintsValid: true, DNSNames: []string{"localhost"},
	})
	elsewhere, elsewhereKey := newCertificate(t, x509.Certificate{IsCA: true, BasicConstraintsValid: true, DNSNames: []string{"api.example.com"}})
	serve := func(certificate, key string) func(*tls.Config) {
		return func(config *tls.Config) {
			pair, err := tls.X509KeyPair([]byte(certificate), []byte(key))
			if err != nil {
				t.Fatal(err)
			}
			config.Certificates = []tls.Certificate{pair}
		}
	}
	for name, c := range map[string]struct {
		change       func(*tls.Config)
		host, advice string
	}{
		"expired":          {serve(expired, expiredKey), "localhost", "expired or is not valid yet. Check this machine's clock"},
		"for another name": {serve(elsewhere, elsewhereKey), "127.0.0.1", "for another name. Check api_url"},
		"TLS 1.1": {func(config *tls.Config) {
			config.MinVersion, config.MaxVersion = tls.VersionTLS10, tls.VersionTLS11 // As a server from before 2018.
		}, "127.0.0.1", "speaks no TLS 1.2 or newer"},
	} {
		t.Run(name, func(t *testing.T) {
			s, authority := listenTLS(t, c.change)
			s.config.CACertificateFile = writeFile(t, authority)
			s.config.URL = replaceHost(s.config.URL, c.host)
			s.restart()
			err := s.do(t.Context(), list)
			expectError(t, err, "no answer from Example", "tls: ")
			expectAdvice(t, err, c.advice)
			s.expectRequests(0)
		})
	}
}

func TestPlainHTTPBehindHTTPS(t *testing.T) {
	s := listen(t)
	s.config.URL = "https" + s.config.URL[len("http"):]
	s.restart()
	err := s.do(t.Context(), list)
	expectError(t, err, "no answer from Example", "server gave HTTP response to HTTPS client")
	expectAdvice(t, err, "does not speak TLS. Check the scheme and port of api_url")
	err = s.do(t.Context(), create)
	expectNotSent(t, err)
}

func TestClientCertificate(t *testing.T) {
	s, authority := listenTLS(t, func(config *tls.Config) { config.ClientAuth = tls.RequireAnyClientCert })
	s.config.CACertificateFile = writeFile(t, authority)
	s.restart()
	err := s.do(t.Context(), list)
	expectError(t, err, "no answer from Example", "certificate required")
	expectAdvice(t, err, "set client_certificate_file and client_key_file")
	certificate, key := newCertificate(t, x509.Certificate{})
	s.config.ClientCertificateFile, s.config.ClientKeyFile = writeFile(t, certificate), writeFile(t, key)
	s.restart()
	s.must(s.do(t.Context(), list))
}

func TestCertificateFilesAreRefused(t *testing.T) {
	certificate, key := newCertificate(t, x509.Certificate{})
	_, otherKey := newCertificate(t, x509.Certificate{})
	missing := filepath.Join(t.TempDir(), "missing.pem")
	const noCertificate, notTheKey = "holds no certificate in PEM form", "does not hold the key of the certificate"
	authority := func(path string) httpapi.Config {
		c := config("")
		c.CACertificateFile = path
		return c
	}
	pair := func(certificate, key string) httpapi.Config {
		c := config("")
		c.ClientCertificateFile, c.ClientKeyFile = certificate, key
		return c
	}
	for name, c := range map[string]struct {
		config httpapi.Config
		field  httpapi.Field
		want   string
	}{
		"missing authority":    {authority(missing), httpapi.FieldCACertificateFile, `missing.pem" cannot be read: no such file or directory.`},
		"empty authority":      {authority(writeFile(t, "")), httpapi.FieldCACertificateFile, noCertificate},
		"key for an authority": {authority(writeFile(t, key)), httpapi.FieldCACertificateFile, noCertificate},
		"DER for an authority": {authority(writeFile(t, "\x30\x82")), httpapi.FieldCACertificateFile, noCertificate},
		"malformed authority": {
			authority(writeFile(t, certificate+pemOf("CERTIFICATE", []byte("x")))), httpapi.FieldCACertificateFile,
			"certificate 2 in it is malformed",
		},
		"certificate alone": {
			pair(writeFile(t, certificate), ""), httpapi.FieldClientKeyFile,
			"client_certificate_file is set, so client_key_file must be set, too.",
		},
		"key alone": {
			pair("", writeFile(t, key)), httpapi.FieldClientCertificateFile,
			"client_key_file is set, so client_certificate_file must be set, too.",
		},
		"missing certificate":   {pair(missing, writeFile(t, key)), httpapi.FieldClientCertificateFile, "cannot be read"},
		"missing key":           {pair(writeFile(t, certificate), missing), httpapi.FieldClientKeyFile, "cannot be read"},
		"key for a certificate": {pair(writeFile(t, key), writeFile(t, key)), httpapi.FieldClientCertificateFile, noCertificate},
		"another's key":         {pair(writeFile(t, certificate), writeFile(t, otherKey)), httpapi.FieldClientKeyFile, notTheKey},
		"certificate for a key": {pair(writeFile(t, certificate), writeFile(t, certificate)), httpapi.FieldClientKeyFile, notTheKey},
		"encrypted or other key": {
			pair(writeFile(t, certificate), writeFile(t, pemOf("ENCRYPTED PRIVATE KEY", []byte("x")))), httpapi.FieldClientKeyFile,
			"in PEM form and not encrypted",
		},
	} {
		t.Run(name, func(t *testing.T) { expectRefusal(t, c.config, c.field, c.want) })
	}
}
