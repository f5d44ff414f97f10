package main

import (
	"encoding/pem"
	"io"
	"log"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
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

// Who runs a command against an old server is told what that lacks, and since when
// others have it.
func TestAnOldInstallation(t *testing.T) {
	server := organizationToExport(t)
	for _, fault := range []mock.Fault{
		{Route: "GET /Projects/{project}/SigningPolicies/{policy}", Status: http.StatusNotFound},
		{Route: "GET /Meta/SystemInfo", Status: http.StatusOK, Body: `{"applicationVersion":"1.176.0"}`},
	} {
		fault.Action = mock.FaultAnswer
		if err := server.Inject(fault); err != nil {
			t.Fatal(err)
		}
	}
	_, _, err := runExportCommand(t.Context(), filepath.Join(t.TempDir(), "signpath"))
	const want = "This installation is SignPath 1.176.0. GET /Projects/{project}/SigningPolicies/{policy} exists since 1.177.0 (changelog). Update it"
	if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "Check --api-url") {
		t.Errorf("got %v, want %q", err, want)
	}
}
