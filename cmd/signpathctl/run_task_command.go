package main

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/envelope"
	"github.com/signpath-community/terraform-provider-signpath/internal/runtask"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
)

// envRunTaskKey has the HMAC key of a run task. An argument would be seen by everybody
// on the machine.
const envRunTaskKey = "SIGNPATH_RUN_TASK_HMAC_KEY"

// How long the run task waits for a client, and for its own tasks when it is stopped.
const (
	runTaskHeaderTimeout = 10 * time.Second
	runTaskTimeout       = 30 * time.Second
	runTaskIdleTimeout   = 2 * time.Minute
	runTaskGrace         = time.Minute
)

type runTaskFlags struct {
	plan                                      reviewPlanFlags
	listen, host, keyFile, tlsCert, tlsKeyPEM string
	behindProxy                               bool
}

func newRunTaskCommand() *cobra.Command {
	var flags runTaskFlags
	command := &cobra.Command{
		Use:   "run-task",
		Short: "Review the plans of HCP Terraform, as a run task",
		Long: `Serves a run task for HCP Terraform or Terraform Enterprise until SIGINT or SIGTERM: the review of each plan decides
whether its run may go on. Attach it at the stage post-plan, as mandatory, with an HMAC key.

A plan is judged as "review plan" does. If a connection to SignPath is configured, by flags or by the environment
variables ` + api.EnvURL + `, ` + api.EnvOrganizationID + ` and ` + api.EnvToken + `, it is judged with --live. What cannot
be read or judged has failed.

It hears only what is signed by the HMAC key, which is taken from ` + envRunTaskKey + ` or a file, and
there is no default. It talks to --terraform-host only, but for the JSON of a plan, which that host keeps elsewhere:
there it sends no token. Plans and tokens are neither logged nor kept. It keeps nothing, so run one of it.

The access token of a run comes in the body of a request. So it serves by TLS, or on a loopback address, where a proxy
that speaks TLS stands before it; with --behind-proxy, on any address.

` + rulesHelp() + `

The file with rules is read again for each plan.`,
		Example: `  export ` + envRunTaskKey + `=...
  signpathctl run-task --listen :8443 --tls-certificate-file tls.pem --tls-key-file key.pem --rules rules.yaml`,
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error { return serveRunTask(command, &flags) },
	}
	flags.plan.connection.addTo(command)
	addRulesFlag(command, &flags.plan.rules)
	options := command.Flags()
	options.StringVar(&flags.plan.failOn, "fail-on", "deny", "the mildest finding that fails: "+oneOf(planFailures))
	options.StringVar(&flags.listen, "listen", "127.0.0.1:8080", "address and port")
	options.StringVar(&flags.host, "terraform-host", "app.terraform.io", "host of HCP Terraform or Terraform Enterprise, with its port unless that is 443")
	options.StringVar(&flags.keyFile, "hmac-key-file", "", "file with the HMAC key (default: the key in $"+envRunTaskKey+")")
	options.StringVar(&flags.tlsCert, "tls-certificate-file", "", "PEM file with the certificate of this service")
	options.StringVar(&flags.tlsKeyPEM, "tls-key-file", "", "PEM file with the key of the certificate")
	options.BoolVar(&flags.behindProxy, "behind-proxy", false, "serve without TLS on any address: a proxy before it speaks TLS")
	return command
}

func serveRunTask(command *cobra.Command, flags *runTaskFlags) error {
	config, err := flags.config(command)
	if err != nil {
		return err
	}
	service, err := runtask.New(config)
	if err != nil {
		return err
	}
	listener, err := flags.listener()
	if err != nil {
		return err
	}
	live := "with the live organization"
	if !flags.plan.live {
		live = "without the live organization: no connection to SignPath is configured"
	}
	command.PrintErrf("Serving a run task for %s on %s, %s.\n", config.Host, listener.Addr(), live)
	return serveUntilStopped(command.Context(), listener, service)
}

// serveUntilStopped ends without an error when the context does, once what was begun has
// a result.
func serveUntilStopped(ctx context.Context, listener net.Listener, service *runtask.Service) error {
	server := &http.Server{
		Handler: service, ReadHeaderTimeout: runTaskHeaderTimeout, ReadTimeout: runTaskTimeout, WriteTimeout: runTaskTimeout,
		IdleTimeout: runTaskIdleTimeout, MaxHeaderBytes: 64 << 10, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError),
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), runTaskGrace)
	defer cancel()
	err := server.Shutdown(grace)
	service.Stop(grace)
	return err
}

// config says whatever is wrong with the flags before anything is served.
func (f *runTaskFlags) config(command *cobra.Command) (runtask.Config, error) {
	if err := mustBeOneOf("--fail-on", f.plan.failOn, planFailures); err != nil {
		return runtask.Config{}, err
	}
	key, err := f.key()
	if err != nil {
		return runtask.Config{}, err
	}
	host, err := runtask.ParseHost(f.host)
	if err != nil {
		return runtask.Config{}, fmt.Errorf("--terraform-host: %w", err)
	}
	if _, _, err := readRulebook(f.plan.rules, now()); err != nil {
		return runtask.Config{}, err
	}
	if f.plan.live = f.isConnected(); f.plan.live {
		if _, err := f.plan.connection.newClient(); err != nil {
			return runtask.Config{}, err
		}
	}
	return runtask.Config{
		Key: key, Host: host, Judge: f.judge, Transport: http.DefaultTransport,
		Log: slog.New(slog.NewTextHandler(command.ErrOrStderr(), nil)),
	}, nil
}

func (f *runTaskFlags) key() ([]byte, error) {
	key := []byte(os.Getenv(envRunTaskKey))
	if f.keyFile != "" {
		content, err := os.ReadFile(f.keyFile)
		if err != nil {
			return nil, fmt.Errorf("--hmac-key-file: %w", err)
		}
		key = content
	}
	if key = bytes.TrimSpace(key); len(key) == 0 {
		return nil, errors.New("there is no HMAC key: give that of the run task in " + envRunTaskKey + ", or the path of a file that holds it as --hmac-key-file")
	}
	return key, nil
}

// isConnected tells whether anything says which organization is to be asked. What is
// missing then is an error.
func (f *runTaskFlags) isConnected() bool {
	return f.plan.connection != (connectionFlags{}) ||
		cmp.Or(os.Getenv(api.EnvURL), os.Getenv(api.EnvOrganizationID), os.Getenv(api.EnvToken), os.Getenv(api.EnvTokenFile)) != ""
}

func (f *runTaskFlags) listener() (net.Listener, error) {
	if (f.tlsCert == "") != (f.tlsKeyPEM == "") {
		return nil, errors.New("--tls-certificate-file and --tls-key-file need each other")
	}
	address, err := net.ResolveTCPAddr("tcp", f.listen)
	if err != nil {
		return nil, fmt.Errorf("--listen: %w", err)
	}
	if f.tlsCert == "" {
		if !f.behindProxy && !address.IP.IsLoopback() {
			return nil, fmt.Errorf("--listen: %s is no loopback address, and the token of each run would come in the clear: "+
				"give --tls-certificate-file and --tls-key-file, or --behind-proxy where a proxy speaks TLS", f.listen)
		}
		return net.ListenTCP("tcp", address)
	}
	pair, err := tls.LoadX509KeyPair(f.tlsCert, f.tlsKeyPEM)
	if err != nil {
		return nil, fmt.Errorf("--tls-certificate-file: %w", err)
	}
	plain, err := net.ListenTCP("tcp", address)
	if err != nil {
		return nil, err
	}
	return tls.NewListener(plain, &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}), nil
}

// judge reviews a plan as "review plan" does. The organization is read anew for each,
// and so are the rules.
func (f *runTaskFlags) judge(ctx context.Context, source io.Reader) (*runtask.Judgement, error) {
	head := newEnvelope(now())
	rulebook, rules, err := readRulebook(f.plan.rules, head.Time)
	if err != nil {
		return nil, err
	}
	head.Rules = rules
	plan, sum, err := decodePlan(source)
	if err != nil {
		return nil, err
	}
	head.Plan = &envelope.Plan{SHA256: sum}
	// What the review would print beside its report stands in the report, too.
	quiet := &cobra.Command{}
	quiet.SetContext(ctx)
	quiet.SetErr(io.Discard)
	report, err := f.plan.review(quiet, plan, rulebook, &head)
	if err != nil {
		return nil, err
	}
	judgement := &runtask.Judgement{Review: report, Head: head}
	switch verdict := verdictOn(report, f.plan.failOn); {
	case verdict == nil:
		judgement.Passed = true
	case !errors.As(verdict, new(exitStatus)):
		judgement.Reason = verdict.Error() + "."
	}
	return judgement, nil
}
