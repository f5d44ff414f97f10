package httpapi

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
)

// A Setting is one that leads requests to where they go.
type Setting struct {
	Field Field
	Value string
}

// An asked is where requests go, for messages: what is wrong with a setting may be where it came
// from. It never has a secret or a password.
type asked struct {
	url, tenant Setting
	secret      Field
	proxy       proxySetting
	// variables are the environment variables that settings came from.
	variables map[Field]string
}

func (r resolvedConfig) asked() asked {
	a := asked{url: Setting{FieldURL, ""}, tenant: r.Tenant, secret: r.Service.Secret.File, variables: r.Variables}
	if r.base != nil {
		a.url.Value = r.base.String()
		a.proxy = r.proxySetting()
	}
	if r.SecretFile == "" {
		a.secret = r.Service.Secret.Field
	}
	if r.Anonymous {
		a.secret = ""
	}
	return a
}

// source says where a setting came from.
func (a asked) source(field Field, to Audience) string {
	switch variable := a.variables[field]; {
	case variable != "":
		return "the environment variable " + variable
	case to.Source != nil:
		return to.Source(field)
	}
	return to.Spell(field)
}

// address says where requests go.
func (a asked) address(to Audience, service *Service) string {
	if a.url.Value == service.DefaultURL && a.variables[FieldURL] == "" {
		return a.url.Value + " (the default)"
	}
	return fmt.Sprintf("%s (from %s)", a.url.Value, a.source(FieldURL, to))
}

// whole says where requests go, for which tenant, and where their secret came from.
func (a asked) whole(to Audience, service *Service) string {
	text := "The request went to " + a.address(to, service)
	if a.tenant.Value != "" {
		text += fmt.Sprintf(", for %s (from %s)", a.tenant.Value, a.source(a.tenant.Field, to))
	}
	if a.secret != "" {
		text += fmt.Sprintf(", with the %s from %s", service.Secret.Noun, a.source(a.secret, to))
	}
	return text + "."
}

// A proxySetting is the proxy that requests to the server go through.
type proxySetting struct {
	// address is without credentials, and with the port that is taken; empty for no proxy.
	address string
	// variable is the environment variable that it came from, if it did.
	variable string
	// isPortTaken is true where the setting names no port.
	isPortTaken bool
}

// defaultPorts are those that net/http takes.
var defaultPorts = map[string]string{"http": "80", "https": "443", "socks5": "1080", "socks5h": "1080"}

func (r resolvedConfig) proxySetting() (p proxySetting) {
	proxy, err := r.proxy(&ConfigErrors{})(&http.Request{URL: r.base})
	if err != nil || proxy == nil {
		return p
	}
	shown := url.URL{Scheme: proxy.Scheme, Host: proxy.Host}
	if proxy.Port() == "" {
		p.isPortTaken, shown.Host = true, proxy.Host+":"+defaultPorts[proxy.Scheme]
	}
	p.address = shown.String()
	if r.ProxyURL != "" {
		return p
	}
	name := strings.ToUpper(r.base.Scheme) + "_PROXY"
	for _, variable := range []string{name, strings.ToLower(name)} {
		if p.variable == "" && os.Getenv(variable) != "" {
			p.variable = variable
		}
	}
	return p
}

// describe names the proxy and where it came from.
func (p proxySetting) describe(to Audience) string {
	from := to.Spell(FieldProxyURL)
	if p.variable != "" {
		from = "the environment variable " + p.variable
	}
	port := ""
	if p.isPortTaken {
		port = ", which names no port, so this is the usual one"
	}
	return fmt.Sprintf("%s (from %s%s)", p.address, from, port)
}
