package httpapi_test

import (
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
)

const proxyPassword = "s3cret-of-the-proxy"

func contains(text, part string) bool { return strings.Contains(text, part) }

func replaceHost(address, host string) string {
	u, err := url.Parse(address)
	if err != nil {
		panic(err)
	}
	u.Host = net.JoinHostPort(host, u.Port())
	return u.String()
}

// tunnel is a proxy that connects to whatever it is asked for, if the
// credentials are right, and counts how often.
type tunnel struct {
	*httptest.Server
	connections atomic.Int32
	status      int
}

func newTunnel(t *testing.T) *tunnel {
	t.Helper()
	p := &tunnel{status: http.StatusOK}
	p.Server = httptest.NewServer(p)
	t.Cleanup(p.Close)
	return p
}

func (p *tunnel) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	want := "Basic " + base64.StdEncoding.EncodeToString([]byte("build:"+proxyPassword))
	switch {
	case r.Header.Get("Proxy-Authorization") != want:
		w.WriteHeader(http.StatusProxyAuthRequired)
		return
	case p.status != http.StatusOK || r.Method != http.MethodConnect:
		w.WriteHeader(max(p.status, http.StatusBadRequest))
		return
	}
	there, err := (&net.Dialer{}).DialContext(r.Context(), "tcp", r.Host)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	defer func() { _ = there.Close() }()
	here, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	defer func() { _ = here.Close() }()
	p.connections.Add(1)
	_, _ = io.WriteString(here, "HTTP/1.1 200 Connected\r\n\r\n")
	go func() { _, _ = io.Copy(there, here) }()
	_, _ = io.Copy(here, there)
}

func (p *tunnel) as(form, credentials string) string {
	return fmt.Sprintf(form, credentials, p.Listener.Addr())
}

func TestProxyOfTheSettings(t *testing.T) {
	for _, form := range []string{"http://%s@%s", "%s@%s", " http://%s@%s/ "} {
		t.Run(form, func(t *testing.T) {
			proxy := newTunnel(t)
			s, authority := listenTLS(t, nil)
			s.config.CACertificateFile = writeFile(t, authority)
			s.config.ProxyURL = proxy.as(form, "build:"+proxyPassword)
			s.restart()
			s.must(s.do(t.Context(), list))
			if proxy.connections.Load() != 1 {
				t.Errorf("%d connections went through the proxy", proxy.connections.Load())
			}
		})
	}
}

// A proxy of the environment serves no loopback address, so the name is looked
// up by the proxy alone.
func TestProxyOfTheEnvironment(t *testing.T) {
	proxy := newTunnel(t)
	t.Setenv("HTTPS_PROXY", proxy.as("http://%s@%s", "build:wrong"))
	t.Setenv("NO_PROXY", "intern.example.com")
	c := config("https://api.example.com")
	client, err := httpapi.New(c)
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = client.Do(t.Context(), list)
	expectError(t, err, "the proxy answered 407 Proxy Authentication Required when asked to connect to api.example.com:443")
	t.Setenv("NO_PROXY", "intern.example.com,api.example.com")
	c.ProxyURL = proxy.as("%s@%s", "build:wrong")
	if client, err = httpapi.New(c); err != nil {
		t.Fatal(err)
	}
	_, _, err = client.Do(t.Context(), list)
	expectError(t, err, "the proxy answered 407") // NO_PROXY is not for the proxy of the settings.
}

func TestTroubleWithTheProxy(t *testing.T) {
	for name, c := range map[string]struct {
		proxy        func(*tunnel) string
		status       int
		want, advice string
	}{
		"without credentials": {
			func(p *tunnel) string { return p.Listener.Addr().String() }, 200, "the proxy answered 407 Proxy Authentication Required",
			"to http://user:password@host:port",
		},
		"wrong credentials": {
			func(p *tunnel) string { return p.as("%s@%s", "build:wrong-"+proxyPassword) }, 200, "the proxy answered 407",
			"The proxy wants credentials, or others than those it got. Set proxy_url",
		},
		"forbidden": {
			func(p *tunnel) string { return p.as("%s@%s", "build:"+proxyPassword) }, 403, "the proxy answered 403 Forbidden",
			"does not let requests to Example pass",
		},
		"unavailable": {func(p *tunnel) string { return p.as("%s@%s", "build:"+proxyPassword) }, 503, "(gave up after 1s", "does not let requests to Example pass"},
		"down": {
			func(*tunnel) string { return "http://build:" + proxyPassword + "@" + nobody }, 200,
			"proxyconnect tcp: dial tcp", "The proxy could not be reached. Check proxy_url, or the environment variable HTTPS_PROXY.",
		},
		"no socks": {
			func(*tunnel) string { return "socks5://build:" + proxyPassword + "@" + nobody }, 200,
			"proxyconnect", "The proxy could not be reached",
		},
	} {
		t.Run(name, func(t *testing.T) {
			proxy := newTunnel(t)
			proxy.status = c.status
			s, _ := listenTLS(t, nil)
			s.config.ProxyURL, s.config.RetryBudget = c.proxy(proxy), time.Second
			s.inFakeTime(t, func(t *testing.T) {
				for _, request := range []httpapi.Request{list, edit} {
					err := s.do(t.Context(), request)
					expectError(t, err, "no answer from Example", c.want, "request id")
					expectAdvice(t, err, c.advice)
					if strings.Contains(err.Error(), proxyPassword) || answered(t, err).Sent {
						t.Errorf("got %+v", err)
					}
				}
			})
		})
	}
}

func TestProxyURLIsRefused(t *testing.T) {
	for _, address := range []string{
		"http://", "http://:8080", "ftp://build:" + proxyPassword + "@proxy.example.com", "http://build:" + proxyPassword + "@proxy.example.com/path",
		"http://build:" + proxyPassword + "@proxy.example.com?a=b", "http://build:" + proxyPassword + "%zz@proxy.example.com",
		"build:" + proxyPassword + "/x@proxy.example.com", "http://proxy.example.com:port", "proxy example",
	} {
		c := config("")
		c.ProxyURL = address
		expectRefusal(t, c, httpapi.FieldProxyURL, "is not of the form http://host:port, host:port or http://user:password@host:port.")
		if reason := wrongSettings(c)[0].Reason; strings.Contains(reason, proxyPassword) || strings.Contains(reason, "example") {
			t.Errorf("the error shows the setting: %s", reason)
		}
	}
}
