package page_test

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// Where the programs are, which tools/page-check.sh gets.
var (
	signpathctl = flag.String("signpathctl", "", "path of signpathctl")
	chromium    = flag.String("chromium", "", "path of Chromium")
	axe         = flag.String("axe", "", "path of axe.min.js")
	screenshots = flag.String("screenshots", "", "folder for screenshots; none are made without")
)

// What all tests look at: one browser, the page of the whole organization, that of a
// part of it and that of a part where nobody may do anything, and what the review of
// the whole says as JSON.
var (
	browser                        context.Context
	wholePage, partPage, emptyPage string
	judged                         review

	// The same of a large organization.
	largePage   string
	judgedLarge review
)

// partProjects are the projects of the part: one with findings, and one with a long name.
var partProjects = []string{"product-00", longSlug}

func TestMain(m *testing.M) {
	flag.Parse()
	status, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(status)
}

func run(m *testing.M) (int, error) {
	work, err := os.MkdirTemp("", "page-")
	if err != nil {
		return 1, err
	}
	defer func() { _ = os.RemoveAll(work) }()
	if err := writeReviews(work); err != nil {
		return 1, err
	}
	started, stop, err := startBrowser(work)
	if err != nil {
		return 1, err
	}
	defer stop()
	browser = started //nolint:fatcontext // All tests share one browser.
	return m.Run(), nil
}

// writeReviews lets signpathctl review the organizations that it serves itself.
func writeReviews(work string) error {
	wholePage, partPage, emptyPage = filepath.Join(work, "whole.html"), filepath.Join(work, "part.html"), filepath.Join(work, "empty.html")
	largePage = filepath.Join(work, "large.html")
	err := serving(filepath.Join(work, "small"), seed(), func(envFile string) error {
		return errors.Join(
			writeReview(wholePage, envFile, "--format", "html"),
			writeReview(partPage, envFile, "--format", "html", "--project", partProjects[0], "--project", partProjects[1]),
			writeReview(emptyPage, envFile, "--format", "html", "--policy", "channel-00", "--permission", "approve"),
			readReview(&judged, envFile),
		)
	})
	if err != nil {
		return err
	}
	return serving(filepath.Join(work, "large"), largeSeed(), func(envFile string) error {
		return errors.Join(writeReview(largePage, envFile, "--format", "html"), readReview(&judgedLarge, envFile))
	})
}

// serving calls do while signpathctl serves the organization; paths of files begin with prefix.
func serving(prefix string, served organization, do func(envFile string) error) error {
	seedFile, envFile := prefix+".json", prefix+".env"
	document, err := json.Marshal(served)
	if err != nil {
		return err
	}
	if err := os.WriteFile(seedFile, document, 0o600); err != nil {
		return err
	}
	mock := exec.Command(*signpathctl, "mock", "--seed", seedFile, "--env-file", envFile)
	mock.Stderr = os.Stderr
	if err := mock.Start(); err != nil {
		return err
	}
	defer func() {
		_ = mock.Process.Signal(os.Interrupt)
		_ = mock.Wait()
	}()
	if err := await(envFile); err != nil {
		return err
	}
	return do(envFile)
}

func readReview(into *review, envFile string) error {
	facts, err := reviewOrg(envFile, "--format", "json")
	if err != nil {
		return err
	}
	return json.Unmarshal(facts, into)
}

func writeReview(file, envFile string, arguments ...string) error {
	content, err := reviewOrg(envFile, arguments...)
	if err != nil {
		return err
	}
	return os.WriteFile(file, content, 0o600)
}

func reviewOrg(envFile string, arguments ...string) ([]byte, error) {
	const script = `. "$1" && shift && exec "$@"`
	arguments = append([]string{"-c", script, "sh", envFile, *signpathctl, "review", "org", "--fail-on", "never"}, arguments...)
	command := exec.Command("sh", arguments...)
	command.Stderr = os.Stderr
	return command.Output()
}

// await waits until the file is there, which appears complete or not at all.
func await(file string) error {
	for range 1000 {
		if _, err := os.Stat(file); err == nil {
			return nil
		}
		time.Sleep(10 * time.Millisecond)
	}
	return errors.New("signpathctl mock does not start")
}

// startBrowser starts one Chromium for all tests, which each get a window of their own.
func startBrowser(work string) (started context.Context, stop func(), err error) {
	options := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(*chromium), chromedp.UserDataDir(filepath.Join(work, "profile")),
		chromedp.Headless, chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck, chromedp.DisableGPU, chromedp.NoSandbox,
		// Chromium's own connections would be refused where there is no network.
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true), chromedp.Flag("disable-quic", true),
		// A container gives little shared memory.
		chromedp.Flag("disable-dev-shm-usage", true),
	}
	allocated, release := chromedp.NewExecAllocator(context.Background(), options...)
	started, end := chromedp.NewContext(allocated)
	if err := chromedp.Do(started); err != nil {
		release()
		return nil, nil, fmt.Errorf("Chromium does not start: %w", err)
	}
	return started, func() { _ = chromedp.Cancel(started); end(); release() }, nil
}
