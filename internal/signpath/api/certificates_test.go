package api_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"math/big"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
)

// listenTLS starts an organization behind TLS, with a certificate that nobody
// knows, and returns that certificate as PEM.
func listenTLS(t *testing.T, change func(*tls.Config)) (o *organization, authority string) {
	t.Helper()
	o = newOrganization(t, seed(), nil)
	server := httptest.NewUnstartedServer(o.Server)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.TLS = &tls.Config{}
	if change != nil {
		change(server.TLS)
	}
	server.EnableHTTP2 = true
	server.StartTLS()
	t.Cleanup(server.Close)
	o.config.URL = server.URL + "/Api"
	o.config.RetryBudget = 2 * time.Second
	return o, pemOf("CERTIFICATE", server.Certificate().Raw)
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
	o, authority := listenTLS(t, nil)
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
			if o.config.CACertificateFile = ""; c.file != "" {
				o.config.CACertificateFile = writeFile(t, c.file)
			}
			o.restart()
			err := doProjects(t.Context(), o)
			if c.want {
				o.check(err)
				return
			}
			expectError(t, err, "no answer from SignPath", "certificate signed by unknown authority", "request id")
			expectAdvice(t, err, "set ca_certificate_file to a PEM file")
		})
	}
}

func expectAdvice(t *testing.T, err error, want string) {
	t.Helper()
	if got := answered(t, err).Advice(); !contains(got, want) {
		t.Errorf("the advice is %q, want %q", got, want)
	}
}

func TestOtherTroubleWithTLS(t *testing.T) {
	expired, expiredKey := newCertificate(t, x509.Certificate{NotAfter: time.Now().Add(-time.Hour), IsCA: true, BasicConstraintsValid: true, DNSNames: []string{"localhost"}})
	elsewhere, elsewhereKey := newCertificate(t, x509.Certificate{IsCA: true, BasicConstraintsValid: true, DNSNames: []string{"signpath.example.com"}})
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
			o, authority := listenTLS(t, c.change)
			o.config.CACertificateFile = writeFile(t, authority)
			o.config.URL = replaceHost(o.config.URL, c.host)
			o.restart()
			err := doProjects(t.Context(), o)
			expectError(t, err, "no answer from SignPath", "tls: ")
			expectAdvice(t, err, c.advice)
			o.expectRequests(0)
		})
	}
}

func TestPlainHTTPBehindHTTPS(t *testing.T) {
	o := listen(t)
	o.config.URL = "https" + o.config.URL[len("http"):]
	o.restart()
	err := doProjects(t.Context(), o)
	expectError(t, err, "no answer from SignPath", "server gave HTTP response to HTTPS client")
	expectAdvice(t, err, "does not speak TLS. Check the scheme and port of api_url")
	_, err = o.client.CreatePrincipal(t.Context(), access.Principal{Kind: access.KindCIUser, Name: "acme-new"})
	var lost *api.LostCreateError
	if errors.As(err, &lost) {
		t.Errorf("what was never sent counts as lost: %v", err)
	}
}

func TestClientCertificate(t *testing.T) {
	o, authority := listenTLS(t, func(config *tls.Config) { config.ClientAuth = tls.RequireAnyClientCert })
	o.config.CACertificateFile = writeFile(t, authority)
	o.restart()
	err := doProjects(t.Context(), o)
	expectError(t, err, "no answer from SignPath", "certificate required")
	expectAdvice(t, err, "set client_certificate_file and client_key_file")
	certificate, key := newCertificate(t, x509.Certificate{})
	o.config.ClientCertificateFile, o.config.ClientKeyFile = writeFile(t, certificate), writeFile(t, key)
	o.restart()
	o.must(doProjects(t.Context(), o))
}

func TestCertificateFilesAreRefused(t *testing.T) {
	certificate, key := newCertificate(t, x509.Certificate{})
	_, otherKey := newCertificate(t, x509.Certificate{})
	missing := filepath.Join(t.TempDir(), "missing.pem")
	const noCertificate, notTheKey = "holds no certificate in PEM form", "does not hold the key of the certificate"
	authority := func(path string) api.Config {
		c := config("")
		c.CACertificateFile = path
		return c
	}
	pair := func(certificate, key string) api.Config {
		c := config("")
		c.ClientCertificateFile, c.ClientKeyFile = certificate, key
		return c
	}
	for name, c := range map[string]struct {
		config api.Config
		field  api.Field
		want   string
	}{
		"missing authority":      {authority(missing), api.FieldCACertificateFile, `missing.pem" cannot be read: no such file or directory.`},
		"empty authority":        {authority(writeFile(t, "")), api.FieldCACertificateFile, noCertificate},
		"key for an authority":   {authority(writeFile(t, key)), api.FieldCACertificateFile, noCertificate},
		"DER for an authority":   {authority(writeFile(t, "\x30\x82")), api.FieldCACertificateFile, noCertificate},
		"malformed authority":    {authority(writeFile(t, certificate+pemOf("CERTIFICATE", []byte("x")))), api.FieldCACertificateFile, "certificate 2 in it is malformed"},
		"certificate alone":      {pair(writeFile(t, certificate), ""), api.FieldClientKeyFile, "client_certificate_file is set, so client_key_file must be set, too."},
		"key alone":              {pair("", writeFile(t, key)), api.FieldClientCertificateFile, "client_key_file is set, so client_certificate_file must be set, too."},
		"missing certificate":    {pair(missing, writeFile(t, key)), api.FieldClientCertificateFile, "cannot be read"},
		"missing key":            {pair(writeFile(t, certificate), missing), api.FieldClientKeyFile, "cannot be read"},
		"key for a certificate":  {pair(writeFile(t, key), writeFile(t, key)), api.FieldClientCertificateFile, noCertificate},
		"another's key":          {pair(writeFile(t, certificate), writeFile(t, otherKey)), api.FieldClientKeyFile, notTheKey},
		"certificate for a key":  {pair(writeFile(t, certificate), writeFile(t, certificate)), api.FieldClientKeyFile, notTheKey},
		"encrypted or other key": {pair(writeFile(t, certificate), writeFile(t, pemOf("ENCRYPTED PRIVATE KEY", []byte("x")))), api.FieldClientKeyFile, "in PEM form and not encrypted"},
	} {
		t.Run(name, func(t *testing.T) { expectRefusal(t, c.config, c.field, c.want) })
	}
}
