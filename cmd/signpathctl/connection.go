package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
	"github.com/signpath-community/terraform-provider-signpath/internal/planreview"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
)

// readRetrySeconds bounds each request of a command that only reads. It is shorter
// than the provider's, because somebody waits for it, and running the command again
// loses nothing.
const readRetrySeconds = 120

// connectionFlags say which organization a command reads, with which token, and how
// it is reached: as the provider is told, by the same environment variables or by
// flags of the same names.
type connectionFlags struct {
	url, organizationID, tokenFile string
	mappingFlag
	wayFlags
}

// wayFlags say how a server is reached.
type wayFlags struct {
	proxyURL, caFile, certificateFile, keyFile string
	// The zero values stand for the defaults.
	attemptSeconds, retrySeconds uint
}

func (f *connectionFlags) addTo(command *cobra.Command) {
	f.addWithoutMapping(command)
	f.addMapping(command)
}

// addWithoutMapping is for a command that takes the mapping file as its argument.
func (f *connectionFlags) addWithoutMapping(command *cobra.Command) {
	setting := settingFlags(command)
	setting(&f.url, httpapi.FieldURL, "URL of the API, without /v1 (default: $"+api.EnvURL+", or "+api.DefaultURL+")")
	setting(&f.organizationID, api.FieldOrganizationID, "UUID of the organization (default: $"+api.EnvOrganizationID+")")
	setting(&f.tokenFile, api.FieldTokenFile,
		"file with the API token (default: the token in $"+api.EnvToken+", or the file that $"+api.EnvTokenFile+" names)")
	f.wayFlags.addTo(command)
}

// A mappingFlag says which mapping file goes.
type mappingFlag struct{ mapping string }

func (f *mappingFlag) addMapping(command *cobra.Command) {
	command.Flags().StringVar(&f.mapping, "mapping", "", "mapping file that says in what the server's API differs from what is assumed (default: $"+api.EnvMapping+")")
}

// readMapping returns the mapping file; nil if there is none.
func (f *mappingFlag) readMapping() (*api.MappingFile, error) {
	return api.ReadMapping(cmp.Or(f.mapping, api.MappingFromEnvironment()))
}

func (f *wayFlags) addTo(command *cobra.Command) {
	setting, options := settingFlags(command), command.Flags()
	setting(&f.proxyURL, httpapi.FieldProxyURL, "proxy, as http://host:port; one that needs a password belongs in $HTTPS_PROXY (default: $HTTPS_PROXY, but for the hosts in $NO_PROXY)")
	setting(&f.caFile, httpapi.FieldCACertificateFile, "PEM file with authorities that are trusted beside those of the system")
	setting(&f.certificateFile, httpapi.FieldClientCertificateFile, "PEM file with a client certificate, for a proxy in front of SignPath")
	setting(&f.keyFile, httpapi.FieldClientKeyFile, "PEM file with the key of the client certificate")
	options.UintVar(&f.attemptSeconds, flagOf(httpapi.FieldRequestTimeout), 0,
		fmt.Sprintf("seconds that one attempt of a request may take (default: %d)", httpapi.RequestTimeout.Default))
	options.UintVar(&f.retrySeconds, flagOf(httpapi.FieldRetryTimeout), 0,
		fmt.Sprintf("seconds that a request may take with all its attempts (default: %d)", readRetrySeconds))
}

// settingFlags adds flags that are called as settings of the provider are.
func settingFlags(command *cobra.Command) func(target *string, field httpapi.Field, usage string) {
	return func(target *string, field httpapi.Field, usage string) {
		command.Flags().StringVar(target, flagOf(field), "", usage)
	}
}

// flagOf returns the flag for a setting that the provider has, too: ca_certificate_file
// is --ca-certificate-file.
func flagOf(setting httpapi.Field) string { return strings.ReplaceAll(string(setting), "_", "-") }

// needLive refuses flags that would have no effect.
func (f *connectionFlags) needLive(live bool) error {
	if live || *f == (connectionFlags{}) {
		return nil
	}
	return errors.New("--api-url, --organization-id, --token-file and the other flags for the connection need --live: without it, nothing is asked")
}

func (f *connectionFlags) newClient() (*api.Client, error) {
	mapped, err := f.readMapping()
	if err != nil {
		return nil, err
	}
	return f.newClientWith(mapped)
}

// newClientWith is [connectionFlags.newClient] for who has read the mapping file; nil for none.
func (f *connectionFlags) newClientWith(mapped *api.MappingFile) (*api.Client, error) {
	way := f.config()
	way.URL, way.SecretFile = f.url, f.tokenFile
	config := api.Config{OrganizationID: f.organizationID, Mapping: mapped.MappingOf(), Config: way}.FromEnvironment()
	if err := refuseMissing(config.OrganizationID, cmp.Or(config.Secret, config.SecretFile)); err != nil {
		return nil, err
	}
	return api.New(config)
}

// newClientFor is [connectionFlags.newClient] for what is compared with a plan.
func (f *connectionFlags) newClientFor(plan *planreview.Plan) (*api.Client, error) {
	client, err := f.newClient()
	if err != nil {
		return nil, err
	}
	return client, plan.RefuseOther(client.OrganizationID())
}

// config is how the client is told of the way.
func (f *wayFlags) config() httpapi.Config {
	return httpapi.Config{
		Service:               api.Service,
		UserAgent:             "signpathctl/" + version,
		AttemptTimeout:        seconds(f.attemptSeconds, httpapi.RequestTimeout.Default),
		RetryBudget:           seconds(f.retrySeconds, readRetrySeconds),
		ProxyURL:              f.proxyURL,
		CACertificateFile:     f.caFile,
		ClientCertificateFile: f.certificateFile,
		ClientKeyFile:         f.keyFile,
	}
}

// seconds returns a time of a day at most, as the provider allows.
func seconds(n uint, otherwise int64) time.Duration {
	return httpapi.Seconds(cmp.Or(int64(min(n, 86_400)), otherwise))
}

// refuseMissing says what to give to a command, where the client would say what to
// write into a provider block.
func refuseMissing(organizationID, token string) error {
	var missing []error
	if organizationID == "" {
		missing = append(missing, errors.New("no organization is set: give its UUID, which SignPath shows on the organization page, as --organization-id or in "+api.EnvOrganizationID))
	}
	if token == "" {
		missing = append(missing, errors.New("no API token is set: give one in "+api.EnvToken+
			", or the path of a file that holds it in "+api.EnvTokenFile+" or as --token-file"))
	}
	return errors.Join(missing...)
}

// adviceFor says what to do about an error that ended a command which only reads, or
// nothing. What it was doing is called a noun: "export".
func adviceFor(err error, doing string) string {
	return advise(err, doing, "Check "+spell(api.FieldOrganizationID)+", and the role of the token's user: a Global Reader sees everything that this reads. "+
		"If it is a single project or group that is refused, it may have been deleted while the "+doing+" ran: run it again.")
}

// advise is [adviceFor] any command, which says what to do where the server forbids what it does.
func advise(err error, doing, forbidden string) string {
	var answer *httpapi.Error
	switch {
	case errors.Is(err, context.Canceled):
		return "The " + doing + " was interrupted."
	case !errors.As(err, &answer):
		return ""
	}
	_, advice := answer.Explain(httpapi.Audience{
		Spell: spell, Source: flagName, Run: "it", Token: "Give a valid one in " + api.EnvToken + " or --token-file.",
		Forbidden: forbidden,
	})
	return advice
}

func flagName(setting httpapi.Field) string { return "--" + flagOf(setting) }

// spell names a setting as advice does, with what the environment has in its place.
func spell(setting httpapi.Field) string {
	flag := flagName(setting)
	if setting == httpapi.FieldURL || setting == api.FieldOrganizationID {
		return flag + " (or " + api.Service.Environment[setting] + ")"
	}
	return flag
}
