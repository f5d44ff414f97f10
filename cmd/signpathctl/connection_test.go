package main

import (
	"encoding/pem"
	"io"
	"log"
	"math"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
)

// An installation of its own has an authority of its own, and its token is in a file.
func TestConnectionToAnInstallation(t *testing.T) {
	server := organizationToExport(t)
	installation := httptest.NewUnstartedServer(server)
	installation.Config.ErrorLog = log.New(io.Discard, "", 0)
	installation.StartTLS()
	t.Cleanup(installation.Close)
	write := func(name string, content []byte) (path string) {
		t.Helper()
		path = filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	authority := write("authority.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: installation.Certificate().Raw}))
	t.Setenv(api.EnvURL, installation.URL+"/Api")
	t.Setenv(api.EnvTokenFile, write("token", []byte(os.Getenv(api.EnvToken)+"\n")))
	t.Setenv(api.EnvToken, "")

	directory := func() string { return filepath.Join(t.TempDir(), "signpath") }
	if _, _, err := runExportCommand(t.Context(), directory(), "--ca-certificate-file", authority); err != nil {
		t.Error(err)
	}
	for want, flags := range map[string][]string{
		"set --ca-certificate-file to a PEM file": nil,
		"Check --proxy-url, or the environment":   {"--proxy-url", "http://127.0.0.1:1", "--retry-timeout-seconds", "1"},
		"client_key_file":                         {"--ca-certificate-file", authority, "--client-certificate-file", authority},
	} {
		if _, _, err := runExportCommand(t.Context(), append(flags, directory())...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("with %v: %v, want %q", flags, err, want)
		}
	}
}

func TestConnectionFlagsNeedLive(t *testing.T) {
	_, status, err := runReviewDriftCommand(t, nil, driftPlan(t), "--api-url", "https://signpath.example.com/Api")
	if status != 1 || !strings.Contains(err.Error(), "need --live") {
		t.Errorf("status %d, %v", status, err)
	}
}

// Seconds beyond a day do not overflow into no time at all.
func TestSeconds(t *testing.T) {
	if got := seconds(math.MaxUint, 30); got != 24*time.Hour {
		t.Errorf("got %s", got)
	}
}
