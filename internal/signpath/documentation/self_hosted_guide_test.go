package documentation_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/signpathtest"
)

// TestSelfHostedGuide plans with every provider block of the guide about self-hosted
// installations that names a host, a file or a proxy: with these on this machine, and
// else word for word. A plan that did not come by the way that the block describes
// fails.
func TestSelfHostedGuide(t *testing.T) {
	for _, step := range readPage(t, "guides/self-hosted.md") {
		if step.Language != "tf" {
			continue
		}
		t.Run(step.Section, func(t *testing.T) {
			t.Chdir(t.TempDir())
			org := signpathtest.Start(t, nil)
			front := newFront(t, org)
			text := strings.NewReplacer(
				"https://signpath.example.com/Api", front.url(step.Text),
				"4c2a60b0-f9a1-4b0e-8a2c-0f6d9b1c7e11", org.OrganizationID(),
			).Replace(step.Text)
			t.Setenv("SIGNPATH_API_URL", org.URL)
			t.Setenv("SIGNPATH_ORGANIZATION_ID", org.OrganizationID())
			t.Setenv("SIGNPATH_API_TOKEN", org.Token)
			options, proxied := testkit.Options{}, strings.Contains(text, "proxy_url")
			if proxied {
				options.Variables = map[string]string{"proxy_url": strings.Replace(front.proxy.URL, "://", "://user:password@", 1)}
			}
			terraform := signpathtest.InProcess(t)
			terraform.Write("guide.tf", text+"\ndata \"signpath_current_user\" \"me\" {}\n")
			signpathtest.WithoutWarnings(t, terraform.Plan(options))
			if org.CountRequests() == 0 {
				t.Error("no request reached SignPath")
			}
			if proxied != (front.proxied.Load() > 0) {
				t.Errorf("%d requests went through the proxy", front.proxied.Load())
			}
		})
	}
}

// front is what stands before an organization: servers with certificates of their own
// authority, and a proxy on the way.
type front struct {
	t                   *testing.T
	org                 *signpathtest.Organization
	strict, open, proxy *httptest.Server
	proxied             atomic.Int32
}

// newFront starts the servers, and writes the files of certificates.
func newFront(t *testing.T, org *signpathtest.Organization) *front {
	t.Helper()
	f := &front{t: t, org: org, open: httptest.NewTLSServer(org), strict: httptest.NewUnstartedServer(org)}
	f.strict.TLS = &tls.Config{ClientAuth: tls.RequireAnyClientCert, MinVersion: tls.VersionTLS12}
	f.strict.StartTLS()
	forward := &httputil.ReverseProxy{Rewrite: func(*httputil.ProxyRequest) {}}
	f.proxy = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if user, password, ok := proxyCredentials(r); !ok || user != "user" || password != "password" {
			rw.WriteHeader(http.StatusProxyAuthRequired)
			return
		}
		f.proxied.Add(1)
		forward.ServeHTTP(rw, r)
	}))
	for _, server := range []*httptest.Server{f.open, f.strict, f.proxy} {
		t.Cleanup(server.Close)
	}
	f.write("signpath-ca.pem", "CERTIFICATE", f.open.Certificate().Raw)
	f.writeClientCertificate()
	return f
}

func proxyCredentials(r *http.Request) (user, password string, ok bool) {
	credentials := http.Request{Header: http.Header{"Authorization": r.Header["Proxy-Authorization"]}}
	return credentials.BasicAuth()
}

// url is where the organization of the provider block is to be found. Only what the
// block names can reach it.
func (f *front) url(block string) string {
	switch {
	case strings.Contains(block, "client_certificate_file"):
		return f.strict.URL + "/Api"
	case strings.Contains(block, "ca_certificate_file"):
		return f.open.URL + "/Api"
	}
	return f.org.URL
}

func (f *front) writeClientCertificate() {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(f.t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	must(f.t, err)
	private, err := x509.MarshalPKCS8PrivateKey(key)
	must(f.t, err)
	f.write("terraform.pem", "CERTIFICATE", certificate)
	f.write("terraform.key", "PRIVATE KEY", private)
}

func (f *front) write(name, kind string, content []byte) {
	must(f.t, os.WriteFile(name, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: content}), 0o600))
}
