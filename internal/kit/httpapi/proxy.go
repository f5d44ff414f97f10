package httpapi

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/http/httpproxy"
)

// proxy returns the proxy of the settings, which then serves every request, or
// else those of HTTPS_PROXY, HTTP_PROXY and NO_PROXY.
func (c Config) proxy(wrong *ConfigErrors) func(*http.Request) (*url.URL, error) {
	if c.ProxyURL == "" {
		// http.ProxyFromEnvironment would remember the variables of the first
		// client in this process.
		fromEnvironment := httpproxy.FromEnvironment().ProxyFunc()
		return func(request *http.Request) (*url.URL, error) { return fromEnvironment(request.URL) }
	}
	proxy, ok := parseProxy(c.ProxyURL)
	if !ok {
		wrong.add(FieldProxyURL, "The proxy URL is not of the form http://host:port, host:port or http://user:password@host:port. "+
			"The scheme may also be https, socks5 or socks5h, and special characters of a password are percent-encoded. "+
			"It is not shown here because it may hold a password.")
		return nil
	}
	return http.ProxyURL(proxy)
}

var proxySchemes = []string{"http", "https", "socks5", "socks5h"}

// parseProxy takes host:port for http://host:port.
func parseProxy(text string) (proxy *url.URL, ok bool) {
	text = strings.TrimSpace(text)
	if !strings.Contains(text, "://") {
		text = "http://" + text
	}
	proxy, err := url.Parse(text)
	if err != nil || proxy.Hostname() == "" || !slices.Contains(proxySchemes, proxy.Scheme) {
		return nil, false
	}
	isBare := strings.Trim(proxy.Path, "/") == "" && proxy.RawQuery == "" && !proxy.ForceQuery && proxy.Fragment == ""
	return proxy, isBare
}

// A proxyError is a proxy's refusal to connect to the server.
type proxyError struct {
	status int
	target string
}

func (e *proxyError) Error() string {
	return fmt.Sprintf("the proxy answered %s when asked to connect to %s", statusText(e.status), e.target)
}

// refusedByProxy keeps the status of a proxy's refusal, of which net/http leaves
// only the text.
func refusedByProxy(_ context.Context, _ *url.URL, request *http.Request, response *http.Response) error {
	if response.StatusCode == http.StatusOK {
		return nil
	}
	return &proxyError{status: response.StatusCode, target: request.Host}
}
