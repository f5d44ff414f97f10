package httpapi

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
)

// tls returns the TLS settings.
func (c Config) tls(wrong *ConfigErrors) *tls.Config {
	return &tls.Config{
		MinVersion:   tls.VersionTLS12,
		RootCAs:      c.authorities(wrong),
		Certificates: c.clientCertificates(wrong),
	}
}

// authorities returns who may sign the server's certificate: nil is those that
// the system trusts.
func (c Config) authorities(wrong *ConfigErrors) *x509.CertPool {
	if c.CACertificateFile == "" {
		return nil
	}
	own, _, reason := readCertificates(c.CACertificateFile)
	if reason != "" {
		wrong.add(FieldCACertificateFile, reason)
		return nil
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool() // Some systems have none; these are enough then.
	}
	for _, certificate := range own {
		pool.AddCert(certificate)
	}
	return pool
}

func (c Config) clientCertificates(wrong *ConfigErrors) []tls.Certificate {
	switch {
	case c.ClientCertificateFile == "" && c.ClientKeyFile == "":
		return nil
	case c.ClientCertificateFile == "":
		wrong.add(FieldClientCertificateFile, fmt.Sprintf("%s is set, so %s must be set, too.", FieldClientKeyFile, FieldClientCertificateFile))
		return nil
	case c.ClientKeyFile == "":
		wrong.add(FieldClientKeyFile, fmt.Sprintf("%s is set, so %s must be set, too.", FieldClientCertificateFile, FieldClientKeyFile))
		return nil
	}
	_, certificate, certificateReason := readCertificates(c.ClientCertificateFile)
	wrong.add(FieldClientCertificateFile, certificateReason)
	key, keyReason := ReadSettingFile(c.ClientKeyFile)
	wrong.add(FieldClientKeyFile, keyReason)
	if certificateReason != "" || keyReason != "" {
		return nil
	}
	pair, err := tls.X509KeyPair(certificate, key)
	if err != nil {
		wrong.add(FieldClientKeyFile, fmt.Sprintf("%s does not hold the key of the certificate: %v. "+
			"The key must be in PEM form and not encrypted.", quotePath(c.ClientKeyFile), err))
		return nil
	}
	return []tls.Certificate{pair}
}

// readCertificates returns the certificates of a PEM file and the file as it is.
func readCertificates(path string) (certificates []*x509.Certificate, content []byte, reason string) {
	content, reason = ReadSettingFile(path)
	if reason != "" {
		return nil, nil, reason
	}
	certificates, err := parseCertificates(content)
	if err != nil {
		return nil, nil, fmt.Sprintf("%s cannot be used: %v.", quotePath(path), err)
	}
	return certificates, content, ""
}

// parseCertificates refuses what x509.CertPool passes over in silence.
func parseCertificates(content []byte) ([]*x509.Certificate, error) {
	var certificates []*x509.Certificate
	for {
		var block *pem.Block
		if block, content = pem.Decode(content); block == nil {
			break
		}
		if block.Type != "CERTIFICATE" {
			continue
		}
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("certificate %d in it is malformed: %w", len(certificates)+1, err)
		}
		certificates = append(certificates, certificate)
	}
	if len(certificates) == 0 {
		return nil, errors.New("it holds no certificate in PEM form, which begins with -----BEGIN CERTIFICATE-----")
	}
	return certificates, nil
}
