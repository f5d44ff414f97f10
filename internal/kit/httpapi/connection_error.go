package httpapi

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
)

// proxySettings names where a proxy can come from.
const proxySettings = "proxy_url, or the environment variable HTTPS_PROXY"

// Advice says what to do about a request that found no way to the server, or
// nothing if the cause is not known.
func (e *Error) Advice() string {
	if e.Status == http.StatusProxyAuthRequired {
		return e.proxyAdvice(e.Status)
	}
	if e.Status != 0 || e.Cause == nil {
		return ""
	}
	var pause *pauseError
	var proxy *proxyError
	switch {
	case errors.As(e.Cause, &pause):
		return fmt.Sprintf("Try again after that time, or raise %s.", FieldRetryTimeout)
	case errors.As(e.Cause, &proxy):
		return e.proxyAdvice(proxy.status)
	case errors.Is(e.Cause, errAttemptTimeout):
		return fmt.Sprintf("Check %s and the network. If %s needs longer to answer, raise %s.", FieldURL, e.service, FieldRequestTimeout)
	}
	if advice := tlsAdvice(e.Cause); advice != "" {
		return advice
	}
	var lookup *net.DNSError
	switch {
	case isProxyConnect(e.Cause):
		return "The proxy could not be reached. Check " + proxySettings + "."
	case errors.As(e.Cause, &lookup):
		return fmt.Sprintf("Check %s and the name service. If the network is left through a proxy, set %s.", FieldURL, proxySettings)
	}
	return ""
}

func (e *Error) proxyAdvice(status int) string {
	if status == http.StatusProxyAuthRequired {
		return "The proxy wants credentials, or others than those it got. Set " + proxySettings + ", to http://user:password@host:port."
	}
	return "The proxy does not let requests to " + e.service + " pass. Ask whoever runs it, or set another one: " + proxySettings + "."
}

func tlsAdvice(cause error) string {
	var (
		unknown  x509.UnknownAuthorityError
		hostname x509.HostnameError
		invalid  x509.CertificateInvalidError
		noTLS    tls.RecordHeaderError
	)
	switch {
	case errors.As(cause, &unknown):
		return fmt.Sprintf("This machine does not know the authority that signed the certificate. If it is that of your own installation, or of a proxy that looks into connections, "+
			"set %s to a PEM file with its certificate.", FieldCACertificateFile)
	case errors.As(cause, &hostname):
		return fmt.Sprintf("The server's certificate is for another name. Check %s.", FieldURL)
	case errors.As(cause, &invalid) && invalid.Reason == x509.Expired:
		return "The server's certificate has expired or is not valid yet. Check this machine's clock, and the certificate of the server."
	case errors.As(cause, &noTLS), errors.Is(cause, http.ErrSchemeMismatch):
		return fmt.Sprintf("What answers there does not speak TLS. Check the scheme and port of %s and of the proxy.", FieldURL)
	case isTLSAlert(cause) && strings.Contains(cause.Error(), "protocol version"):
		return "The server speaks no TLS 1.2 or newer, and nothing older is accepted."
	case isTLSAlert(cause):
		return fmt.Sprintf("The server broke the TLS connection off. If it, or a proxy before it, wants a client certificate, set %s and %s.", FieldClientCertificateFile, FieldClientKeyFile)
	}
	return ""
}

// isProxyConnect tells whether the way to the proxy failed.
func isProxyConnect(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && (op.Op == "proxyconnect" || op.Op == "socks connect")
}

// isTLSAlert tells whether the server ended the TLS connection. crypto/tls does
// not export the type of its alerts.
func isTLSAlert(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "remote error"
}

// certainlyNotSent tells whether the error came before the server could have
// received the request.
func certainlyNotSent(err error) bool {
	var notSent *notSentError
	return errors.As(err, &notSent)
}

// isFinal tells whether another attempt would end with the same error.
func isFinal(err error) bool {
	var (
		notSent     *notSentError
		certificate *tls.CertificateVerificationError
		tooLarge    *answerTooLargeError
		lookup      *net.DNSError
		proxy       *proxyError
		noTLS       tls.RecordHeaderError
	)
	switch {
	case errors.As(err, &tooLarge), errors.As(err, &certificate), errors.As(err, &noTLS), errors.Is(err, http.ErrSchemeMismatch), isTLSAlert(err):
		return true
	case errors.As(err, &proxy):
		return !isRetryable(Idempotent, proxy.status)
	case errors.As(err, &lookup):
		return lookup.IsNotFound // A misspelled host stays unknown.
	}
	return errors.As(err, &notSent) && notSent.final
}
