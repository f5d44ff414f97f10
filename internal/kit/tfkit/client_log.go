package tfkit

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"regexp"
	"strings"

	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
)

// logSubsystem is the log of the API client: its level can be set apart, and what it writes is masked.
const logSubsystem = "api"

// A ClientLog writes the lines of an API client to Terraform's log.
type ClientLog struct {
	// variable sets the level of the log of the client. It defaults to that of the provider.
	variable, level string
	secrets         []*regexp.Regexp
}

// NewClientLog returns the log of a provider, at the level that the environment asks for:
// TF_LOG_PROVIDER_NAME_API, then TF_LOG_PROVIDER_NAME, then Terraform's own two, which throws away
// what they do not ask for, so that it need not be written. It is where the client writes from now on.
func NewClientLog(provider string, config *httpapi.Config) *ClientLog {
	variable := "TF_LOG_PROVIDER_" + strings.ToUpper(provider)
	l := &ClientLog{variable: variable + "_API"}
	l.level = strings.ToLower(cmp.Or(os.Getenv(l.variable), os.Getenv(variable), os.Getenv("TF_LOG_PROVIDER"), os.Getenv("TF_LOG"), "trace"))
	config.Log, config.Trace, config.Warn = l.debug(), l.trace(), l.warn()
	return l
}

// Mask sets what must not be written, whatever a line says.
func (l *ClientLog) Mask(secrets []*regexp.Regexp) { l.secrets = secrets }

type writeLine = func(ctx context.Context, message string, fields map[string]any)

// debug returns where one line per request goes; nil, so that none is made, if
// nobody reads it.
func (l *ClientLog) debug() writeLine {
	switch l.level {
	case "off", "error", "warn", "info":
		return nil
	}
	return func(ctx context.Context, message string, fields map[string]any) {
		tflog.SubsystemDebug(l.context(ctx), logSubsystem, message, asText(fields))
	}
}

// trace returns where the headers of every attempt go, or nil.
func (l *ClientLog) trace() writeLine {
	if l.debug() == nil || l.level == "debug" {
		return nil
	}
	return func(ctx context.Context, message string, fields map[string]any) {
		tflog.SubsystemTrace(l.context(ctx), logSubsystem, message, asText(fields))
	}
}

// warn returns where it goes that a request has to wait, or nil.
func (l *ClientLog) warn() writeLine {
	if l.level == "off" || l.level == "error" {
		return nil
	}
	return func(ctx context.Context, message string, fields map[string]any) {
		tflog.SubsystemWarn(l.context(ctx), logSubsystem, message, asText(fields))
	}
}

func (l *ClientLog) context(ctx context.Context) context.Context {
	ctx = tflog.NewSubsystem(ctx, logSubsystem, tflog.WithLevelFromEnv(l.variable), tflog.WithRootFields())
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
