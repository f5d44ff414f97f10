package provider

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"regexp"
	"strings"

	"github.com/hashicorp/terraform-plugin-log/tflog"
)

// The log of the API client is a subsystem of the provider's: its level can be
// set apart, and what it writes is masked.
const (
	logSubsystem = "api"
	// EnvLogLevel sets the level of the log of the API client. It defaults to
	// that of the provider.
	EnvLogLevel = "TF_LOG_PROVIDER_SIGNPATH_API"
)

// clientLog writes the API client's lines to Terraform's log.
type clientLog struct {
	level   string
	secrets []*regexp.Regexp
}

// newClientLog returns the log, at the level that the environment asks for. The
// last two variables are Terraform's own: it throws away what they do not ask
// for, so it need not be written.
func newClientLog() *clientLog {
	level := cmp.Or(os.Getenv(EnvLogLevel), os.Getenv("TF_LOG_PROVIDER_SIGNPATH"), os.Getenv("TF_LOG_PROVIDER"), os.Getenv("TF_LOG"), "trace")
	return &clientLog{level: strings.ToLower(level)}
}

// mask sets what must not be written, whatever a line says.
func (l *clientLog) mask(secrets []*regexp.Regexp) { l.secrets = secrets }

type writeLine = func(ctx context.Context, message string, fields map[string]any)

// debug returns where one line per request goes; nil, so that none is made, if
// nobody reads it.
func (l *clientLog) debug() writeLine {
	switch l.level {
	case "off", "error", "warn", "info":
		return nil
	}
	return func(ctx context.Context, message string, fields map[string]any) {
		tflog.SubsystemDebug(l.context(ctx), logSubsystem, message, asText(fields))
	}
}

// trace returns where the headers of every attempt go, or nil.
func (l *clientLog) trace() writeLine {
	if l.debug() == nil || l.level == "debug" {
		return nil
	}
	return func(ctx context.Context, message string, fields map[string]any) {
		tflog.SubsystemTrace(l.context(ctx), logSubsystem, message, asText(fields))
	}
}

// warn returns where it goes that a request has to wait, or nil.
func (l *clientLog) warn() writeLine {
	if l.level == "off" || l.level == "error" {
		return nil
	}
	return func(ctx context.Context, message string, fields map[string]any) {
		tflog.SubsystemWarn(l.context(ctx), logSubsystem, message, asText(fields))
	}
}

func (l *clientLog) context(ctx context.Context) context.Context {
	ctx = tflog.NewSubsystem(ctx, logSubsystem, tflog.WithLevelFromEnv(EnvLogLevel), tflog.WithRootFields())
	return tflog.SubsystemMaskLogRegexes(ctx, logSubsystem, l.secrets...)
}

// asText turns what is no number into text, because only text is masked.
func asText(fields map[string]any) map[string]any {
	text := make(map[string]any, len(fields))
	for name, value := range fields {
		switch value.(type) {
		case int, int64, bool:
			text[name] = value
		default:
			text[name] = fmt.Sprint(value)
		}
	}
	return text
}
