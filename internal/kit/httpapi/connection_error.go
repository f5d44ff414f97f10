package httpapi

import (
	"crypto/tls"
	"errors"
	"net"
	"net/http"
)

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

// isUnreachable tells whether nobody took the connection, that to a proxy included. An attempt
// that ran out of time is none of these: somebody may be slow.
func isUnreachable(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && !op.Timeout() && (op.Op == "dial" || isProxyConnect(err)) && !errors.Is(err, errAttemptTimeout)
}

// isFinal tells whether another attempt would end with the same error.
func (c *Client) isFinal(err error) bool {
	var (
		notSent     *notSentError
		certificate *tls.CertificateVerificationError
		lookup      *net.DNSError
		proxy       *proxyError
		noTLS       tls.RecordHeaderError
	)
	switch {
	case errors.Is(err, errAnswerTooLarge), errors.As(err, &certificate), errors.As(err, &noTLS), errors.Is(err, http.ErrSchemeMismatch), isTLSAlert(err):
		return true
	case errors.As(err, &proxy):
		return !isRetryable(Idempotent, proxy.status)
	case errors.As(err, &lookup):
		return lookup.IsNotFound && !c.isReached.Load() // A misspelled host stays unknown.
	}
	return errors.As(err, &notSent) && notSent.final
}
