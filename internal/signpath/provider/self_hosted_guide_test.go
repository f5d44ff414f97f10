package provider_test

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
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// TestCLISelfHostedGuide plans with every provider block of the guide about self-hosted
// installations that names a host, a file or a proxy: with these on this machine, and
// else word for word. A plan that did not come by the way that the block describes
// fails.
func TestCLISelfHostedGuide(t *testing.T) {
	for _, step := range readPage(t, "guides/self-hosted.md") {
		if step.language != "tf" {
			continue
		}
		t.Run(step.section, func(t *testing.T) {
			t.Parallel()
			w := newWorkspace(t, map[string][]byte{"who.tf": []byte("data \"signpath_current_user\" \"me\" {}\n")})
			front := newFront(w)
			for written, here := range map[string]string{
				"https://signpath.example.com/Api":     front.url(step.text),
				"4c2a60b0-f9a1-4b0e-8a2c-0f6d9b1c7e11": w.org.OrganizationID(),
			} {
				step.text = strings.ReplaceAll(step.text, written, here)
			}
			w.env = append(w.env, "TF_VAR_proxy_url="+strings.Replace(front.proxy.URL, "://", "://user:password@", 1))
			w.write("guide.tf", []byte(step.text))
			w.mustRun("fmt", "-check", "-diff", "-list=false")
			w.plan()
			if w.org.CountRequests() == 0 {
				t.Error("no request reached SignPath")
			}
			if strings.Contains(step.text, "proxy_url") != (front.proxied.Load() > 0) {
				t.Errorf("%d requests went through the proxy", front.proxied.Load())
			}
		})
	}
}

// front is what stands before an organization: servers with certificates of their own
// authority, and a proxy on the way.
type front struct {
	w                   *workspace
	strict, open, proxy *httptest.Server
	proxied             atomic.Int32
}

func newFront(w *workspace) *front {
	f := &front{w: w, open: httptest.NewTLSServer(w.org), strict: httptest.NewUnstartedServer(w.org)}
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
		w.t.Cleanup(server.Close)
	}
	w.write("signpath-ca.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: f.open.Certificate().Raw}))
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
	return f.w.org.url
}

func (f *front) writeClientCertificate() {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(f.w.t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	must(f.w.t, err)
	private, err := x509.MarshalPKCS8PrivateKey(key)
	must(f.w.t, err)
	f.w.write("terraform.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate}))
	f.w.write("terraform.key", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}))
}
