package httpapi

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
)

// An Audience is whoever reads advice: what it is told in words of its own.
type Audience struct {
	// Spell names a setting: [Field.String] as a provider block does.
	Spell func(Field) string
	// URL says where the API URL is set, Again what to do once more: "run it again".
	URL, Again string
	// Busy and Failed are what to do where the server asks for a pause, and where it
	// failed.
	Busy, Failed string
}

// Explain says in a few words what became of a request, and what to do about it. The
// advice is empty where only the vendor can know what an answer means.
func (e *Error) Explain(to Audience) (summary, advice string) {
	server := e.service.Name
	switch {
	case e.Status == 0 && e.RetryAfter > 0:
		return "Too many requests", e.connectionAdvice(to.Spell)
	case e.Status == 0:
		return "No answer from " + server, cmp.Or(e.connectionAdvice(to.Spell), "Check "+to.URL+" and the network, then "+to.Again+".")
	case e.IsWebPage():
		return "Unexpected answer from " + server, "Check " + to.URL + ", and the proxy if there is one: that is not " + server + "'s API, which is at " + e.service.DefaultURL + " or the like."
	case e.Cause != nil:
		return "Unexpected answer from " + server, ""
	case e.Status == http.StatusTooManyRequests:
		return "Too many requests", to.Busy
	case e.Status == http.StatusProxyAuthRequired:
		return "Refused by the proxy", e.proxyAdvice(e.Status, to.Spell)
	case e.Status >= http.StatusInternalServerError:
		return server + " failed", to.Failed
	}
	return server + " refused the request", ""
}

// connectionAdvice says what to do about a request that found no way to the server,
// or nothing if the cause is not known.
func (e *Error) connectionAdvice(spell func(Field) string) string {
	proxySettings := spell(FieldProxyURL) + proxyVariable
	var pause *pauseError
	var proxy *proxyError
	switch {
	case errors.As(e.Cause, &pause):
		return fmt.Sprintf("Try again after that time, or raise %s.", spell(FieldRetryTimeout))
	case errors.As(e.Cause, &proxy):
		return e.proxyAdvice(proxy.status, spell)
	case errors.Is(e.Cause, errAttemptTimeout):
		return fmt.Sprintf("Check %s and the network. If %s needs longer to answer, raise %s.", spell(FieldURL), e.service.Name, spell(FieldRequestTimeout))
	}
	if advice := tlsAdvice(e.Cause, spell); advice != "" {
		return advice
	}
	var lookup *net.DNSError
	switch {
	case isProxyConnect(e.Cause):
		return "The proxy could not be reached. Check " + proxySettings + "."
	case errors.As(e.Cause, &lookup):
		return fmt.Sprintf("Check %s and the name service. If the network is left through a proxy, set %s.", spell(FieldURL), proxySettings)
	}
	return ""
}

// proxyVariable is where a proxy can also come from.
const proxyVariable = ", or the environment variable HTTPS_PROXY"

func (e *Error) proxyAdvice(status int, spell func(Field) string) string {
	proxySettings := spell(FieldProxyURL) + proxyVariable
	if status == http.StatusProxyAuthRequired {
		return "The proxy wants credentials, or others than those it got. Set " + proxySettings + ", to http://user:password@host:port."
	}
	return "The proxy does not let requests to " + e.service.Name + " pass. Ask whoever runs it, or set another one: " + proxySettings + "."
}

func tlsAdvice(cause error, spell func(Field) string) string {
	var (
		unknown  x509.UnknownAuthorityError
		hostname x509.HostnameError
		invalid  x509.CertificateInvalidError
		noTLS    tls.RecordHeaderError
	)
	switch {
	case errors.As(cause, &unknown):
		return fmt.Sprintf("This machine does not know the authority that signed the certificate. If it is that of your own installation, or of a proxy that looks into connections, "+
			"set %s to a PEM file with its certificate.", spell(FieldCACertificateFile))
	case errors.As(cause, &hostname):
		return fmt.Sprintf("The server's certificate is for another name. Check %s.", spell(FieldURL))
	case errors.As(cause, &invalid) && invalid.Reason == x509.Expired:
		return "The server's certificate has expired or is not valid yet. Check this machine's clock, and the certificate of the server."
	case errors.As(cause, &noTLS), errors.Is(cause, http.ErrSchemeMismatch):
		return fmt.Sprintf("What answers there does not speak TLS. Check the scheme and port of %s and of the proxy.", spell(FieldURL))
	case isTLSAlert(cause) && strings.Contains(cause.Error(), "protocol version"):
		return "The server speaks no TLS 1.2 or newer, and nothing older is accepted."
	case isTLSAlert(cause):
		return fmt.Sprintf("The server broke the TLS connection off. If it, or a proxy before it, wants a client certificate, set %s and %s.", spell(FieldClientCertificateFile), spell(FieldClientKeyFile))
	}
	return ""
}
