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

// An Audience is whoever reads advice.
type Audience struct {
	// Spell names a setting: [Field.String] as a provider block does.
	Spell func(Field) string
	// Source names where a setting comes from that comes from no environment variable; Spell if nil.
	Source func(Field) string
	// Run is what to run again: "Terraform", or "it".
	Run string
	// Token is how to give a valid token, Forbidden what to do about a 403.
	Token, Forbidden string
}

// Explain says in a few words what became of a request, and what to do about it.
func (e *Error) Explain(to Audience) (summary, advice string) {
	server := e.service.Name
	switch {
	case e.Status == 0 && e.RetryAfter > 0:
		return "Too many requests", e.connectionAdvice(to)
	case e.Status == 0:
		return "No answer from " + server, cmp.Or(e.connectionAdvice(to),
			fmt.Sprintf("Check %s and the network, then run %s again. %s", to.Spell(FieldURL), to.Run, e.address(to)))
	case e.IsWebPage():
		return "Unexpected answer from " + server,
			fmt.Sprintf("Check %s, and the proxy if there is one: that is not %s's API, which is at %s or the like. "+
				"%s", to.Spell(FieldURL), server, e.service.DefaultURL, e.address(to))
	case e.Cause != nil:
		return "Unexpected answer from " + server, e.service.UnusableAdvice
	case e.Status == http.StatusUnauthorized:
		return server + " refused the " + e.service.Secret.Noun, e.service.Secret.Refused + " " + to.Token + " " + e.asked.whole(to, e.service)
	case e.Hint.OfAll && e.Hint.Sure:
		return server + " refuses everything", e.Hint.Text + " " + e.asked.whole(to, e.service)
	case e.Status == http.StatusForbidden:
		return "Not allowed by " + server, to.Forbidden
	case e.Status == http.StatusNotFound:
		return "Not found by " + server,
			e.Hint.beside(fmt.Sprintf("Check %s, which is %s or the like: %s %s", to.Spell(FieldURL), e.service.DefaultURL, e.service.NotFound, e.address(to)))
	case e.Status == http.StatusTooManyRequests:
		return "Too many requests", fmt.Sprintf("%s asks for a longer pause than the time that is left for a request. "+
			"Run %s again later, or raise %s.", server, to.Run, to.Spell(FieldRetryTimeout))
	case e.Status == http.StatusProxyAuthRequired:
		return "Refused by the proxy", e.proxyAdvice(e.Status, to)
	case e.Status >= http.StatusInternalServerError:
		return server + " failed", fmt.Sprintf("Run %s again. If it stays, give %s's support the trace id.", to.Run, server)
	}
	return server + " refused the request", e.Hint.Text
}

// address says where the request went.
func (e *Error) address(to Audience) string {
	return "The request went to " + e.asked.address(to, e.service) + "."
}

// connectionAdvice says what to do about a request that found no way to the server,
// or nothing if the cause is not known.
func (e *Error) connectionAdvice(to Audience) string {
	var pause *pauseError
	var proxy *proxyError
	switch {
	case errors.As(e.Cause, &pause):
		return fmt.Sprintf("Try again after that time, or raise %s.", to.Spell(FieldRetryTimeout))
	case errors.As(e.Cause, &proxy):
		return e.proxyAdvice(proxy.status, to)
	case errors.Is(e.Cause, errAttemptTimeout):
		return fmt.Sprintf("Check %s and the network. If %s needs longer to answer, raise %s. %s",
			to.Spell(FieldURL), e.service.Name, to.Spell(FieldRequestTimeout), e.address(to))
	}
	if advice := tlsAdvice(e.Cause, to.Spell); advice != "" {
		return advice + " " + e.address(to)
	}
	var lookup *net.DNSError
	var unreached *unreachedError
	switch {
	case isProxyConnect(e.Cause):
		return "The proxy could not be reached. Check " + proxySettings(to) + ". The proxy is " + e.asked.proxy.describe(to) + "."
	case errors.As(e.Cause, &lookup):
		return fmt.Sprintf("Check %s and the name service. If the network is left through a proxy, set %s. %s", to.Spell(FieldURL), proxySettings(to), e.address(to))
	case errors.As(e.Cause, &unreached):
		return fmt.Sprintf("Nobody listens there. Check %s, and whether the server is up and can be reached from this machine, then run %s again. "+
			"Once it has answered, requests are sent again for as long as %s says. %s", to.Spell(FieldURL), to.Run, to.Spell(FieldRetryTimeout), e.address(to))
	}
	return ""
}

// proxySettings names where a proxy can come from.
func proxySettings(to Audience) string {
	return to.Spell(FieldProxyURL) + ", or the environment variable HTTPS_PROXY"
}

func (e *Error) proxyAdvice(status int, to Audience) string {
	which := " The proxy is " + e.asked.proxy.describe(to) + "."
	if e.asked.proxy.address == "" { // A server that answers as a proxy does.
		which = ""
	}
	if status == http.StatusProxyAuthRequired {
		return "The proxy wants credentials, or others than those it got. Set " + proxySettings(to) + ", to http://user:password@host:port." + which
	}
	return "The proxy does not let requests to " + e.service.Name + " pass. Ask whoever runs it, or set another one: " + proxySettings(to) + "." + which
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
		return fmt.Sprintf("This machine does not know the authority that signed the certificate. "+
			"If it is that of your own installation, or of a proxy that looks into connections, "+
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
		return fmt.Sprintf("The server broke the TLS connection off. "+
			"If it, or a proxy before it, wants a client certificate, set %s and %s.", spell(FieldClientCertificateFile), spell(FieldClientKeyFile))
	}
	return ""
}
