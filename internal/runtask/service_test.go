package runtask

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha512"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit/wire"
	"github.com/signpath-community/terraform-provider-signpath/internal/planreview"
)

const (
	key      = "the key of the run task"
	runToken = "run-token.atlasv1.secret"
	// archived is where the host keeps a plan, in a URL that is a secret.
	archived = "https://archive.example.com/object/dmF1bHQ6djE6secret"
	planText = `{"secret-of-the-plan": true}`
)

// A standIn is a host that speaks the public protocol, as far as a run task sees it, and
// the archive to which it sends for plans.
type standIn struct {
	t *testing.T
	// plan answers for a plan instead of the redirect, if it is set.
	plan http.HandlerFunc
	// refusals are statuses that callbacks get first, in order.
	refusals []int

	mu     sync.Mutex
	told   []callback
	begun  time.Time
	at     []time.Duration
	asked  []string
	leaked []string
}

type callback struct {
	Data struct {
		Type       string
		Attributes struct{ Status, Message string }

		Relationships struct {
			Outcomes struct {
				Data []struct {
					Type       string
					Attributes struct {
						ID          string `json:"outcome-id"`
						Description string
						Body        string
						Tags        map[string][]tag
					}
				}
			}
		}
	}
}

func (h *standIn) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.asked = append(h.asked, r.Method+" "+r.Host+r.URL.Path)
	switch {
	case r.URL.Path == "/broken": // It ends the connection, and answers nothing.
	case r.Host == "archive.example.com":
		for _, value := range r.Header {
			if strings.Contains(strings.Join(value, " "), runToken) {
				h.leaked = append(h.leaked, r.URL.String())
			}
		}
		w.WriteHeader(http.StatusOK)
		_, _ = io.WriteString(w, planText)
	case r.Host != "app.terraform.io":
		h.leaked = append(h.leaked, r.URL.String())
	case r.Header.Get("Authorization") != "Bearer "+runToken:
		w.WriteHeader(http.StatusUnauthorized)
	case r.URL.Path == "/api/v2/plans/plan-1/json-output" && h.plan != nil:
		h.plan(w, r)
	case r.URL.Path == "/api/v2/plans/plan-1/json-output":
		http.Redirect(w, r, archived, http.StatusTemporaryRedirect)
	case r.URL.Path == "/api/v2/task-results/1/callback":
		h.callback(w, r)
	default:
		h.t.Errorf("the host has no %s %s", r.Method, r.URL)
		w.WriteHeader(http.StatusNotFound)
	}
}

func (h *standIn) callback(w http.ResponseWriter, r *http.Request) {
	if len(h.refusals) > 0 {
		w.WriteHeader(h.refusals[0])
		h.refusals = h.refusals[1:]
		return
	}
	var told callback
	decoder := json.NewDecoder(r.Body)
	if err := decoder.Decode(&told); err != nil || r.Method != http.MethodPatch || r.Header.Get("Content-Type") != "application/vnd.api+json" {
		h.t.Errorf("%s with %s: %v", r.Method, r.Header.Get("Content-Type"), err)
	}
	if told.Data.Type != "task-results" || !slices.Contains([]string{"running", "passed", "failed"}, told.Data.Attributes.Status) {
		h.t.Errorf("the host is told %+v", told)
		w.WriteHeader(http.StatusUnprocessableEntity)
		return
	}
	h.told, h.at = append(h.told, told), append(h.at, time.Since(h.begun))
	w.WriteHeader(http.StatusOK)
}

// statuses are what the host was told, in order.
func (h *standIn) statuses() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	var found []string
	for _, told := range h.told {
		found = append(found, told.Data.Attributes.Status)
	}
	return found
}

// last is what the host knows of the task in the end.
func (h *standIn) last() (status, message string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.told) == 0 {
		return "", ""
	}
	attributes := h.told[len(h.told)-1].Data.Attributes
	return attributes.Status, attributes.Message
}

// A bench has a service, its host and its log.
type bench struct {
	*Service
	host *standIn
	log  *bytes.Buffer
}

func newBench(t *testing.T, judge Judge) *bench {
	t.Helper()
	b := &bench{host: &standIn{t: t, begun: time.Now()}, log: &bytes.Buffer{}}
	var err error
	b.Service, err = New(Config{
		Key: []byte(key), Host: "app.terraform.io", Judge: judge, Transport: &wire.Wire{Handler: b.host}, Log: slog.New(slog.NewJSONHandler(b.log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// report is a review with one finding of a severity.
func report(severity review.Severity) *planreview.Report {
	r := &planreview.Report{Complete: true, Vendors: []string{"SignPath"}}
	r.Findings.Introduced = []planreview.Finding{{
		FindingRecord: review.FindingRecord{
			Severity: string(severity), Rule: "submit-and-approve", Fingerprint: "f1", Sentence: "user:a@example.com can\r do [both](x).", Advice: "Take it away.",
		},
		Addresses: []string{"signpath_signing_policy_approvers.a"},
	}}
	return r
}

func passes(context.Context, io.Reader) (*Judgement, error) {
	return &Judgement{Review: report(review.Warn), Passed: true}, nil
}

// sample is what HashiCorp documents as the body of a request, changed by functions.
func sample(changes ...func(map[string]any)) []byte {
	payload := map[string]any{
		"payload_version": 1, "stage": "post_plan", "access_token": runToken, "capabilities": map[string]any{"outcomes": true},
		"configuration_version_download_url": nil, "is_speculative": false, "organization_name": "team\r1", "run_id": "run-1",
		"plan_json_api_url":             "https://app.terraform.io/api/v2/plans/plan-1/json-output",
		"task_result_callback_url":      "https://app.terraform.io/api/v2/task-results/1/callback",
		"task_result_enforcement_level": "mandatory", "task_result_id": "taskrs-1", "workspace_name": "signing", "vcs_branch": nil,
	}
	for _, change := range changes {
		change(payload)
	}
	body, err := json.Marshal(payload)
	if err != nil {
		panic(err)
	}
	return body
}

func with(name string, value any) func(map[string]any) {
	return func(payload map[string]any) { payload[name] = value }
}

func signature(key string, body []byte) string {
	sum := hmac.New(sha512.New, []byte(key))
	sum.Write(body)
	return hex.EncodeToString(sum.Sum(nil))
}

// post sends a body as the host does.
func (b *bench) post(body []byte, signature string) int {
	request := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(body))
	request.Header.Set("X-TFC-Task-Signature", signature)
	answer := httptest.NewRecorder()
	b.ServeHTTP(answer, request)
	return answer.Code
}

func (b *bench) expectNothingLeaked(t *testing.T) {
	t.Helper()
	if len(b.host.leaked) > 0 {
		t.Errorf("the token of the run went to %q", b.host.leaked)
	}
	for _, secret := range []string{runToken, "secret", key, "\r"} {
		if strings.Contains(b.log.String(), secret) {
			t.Errorf("the log has %q:\n%s", secret, b.log)
		}
	}
}

func TestPlanIsJudged(t *testing.T) {
	for name, c := range map[string]struct {
		judgement Judgement
		want      string
	}{
		"passed":    {Judgement{Review: report(review.Warn), Passed: true}, "passed"},
		"denied":    {Judgement{Review: report(review.Deny)}, "failed"},
		"of a part": {Judgement{Review: report(review.Warn), Reason: "Planning ended with an error."}, "failed"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				read := ""
				b := newBench(t, func(_ context.Context, plan io.Reader) (*Judgement, error) {
					text, err := io.ReadAll(plan)
					read = string(text)
					return &c.judgement, err
				})
				body := sample()
				if status := b.post(body, signature(key, body)); status != http.StatusOK {
					t.Fatalf("the service answers %d", status)
				}
				synctest.Wait()
				if got, want := b.host.statuses(), []string{"running", "running", c.want}; !slices.Equal(got, want) {
					t.Errorf("the host is told %q, want %q", got, want)
				}
				if read != planText {
					t.Errorf("%q was judged", read)
				}
				if _, message := b.host.last(); !strings.Contains(message, "1 finding") || !strings.HasPrefix(message, c.judgement.Reason) {
					t.Errorf("the message is %q", message)
				}
				b.expectOutcomes(t, c.judgement.Review)
				b.expectNothingLeaked(t)
			})
		})
	}
}

func (b *bench) expectOutcomes(t *testing.T, of *planreview.Report) {
	t.Helper()
	told := slices.IndexFunc(b.host.told, func(c callback) bool { return len(c.Data.Relationships.Outcomes.Data) == 2 })
	if told < 0 {
		t.Fatalf("the host is told %+v", b.host.told)
	}
	outcomes := b.host.told[told].Data.Relationships.Outcomes.Data
	whole, finding := outcomes[0].Attributes, outcomes[1].Attributes
	if !strings.Contains(whole.Body, "## SignPath plan review") || outcomes[0].Type != "task-result-outcomes" {
		t.Errorf("the review is %+v", whole)
	}
	wanted := tag{"Warning", "warning"}
	if of.Findings.Introduced[0].Severity == "deny" {
		wanted = tag{"Denied", "error"}
	}
	if finding.ID != "f1" || !slices.Equal(finding.Tags["Status"], []tag{wanted}) || strings.ContainsAny(finding.Description+finding.Body, "\r") ||
		!strings.Contains(finding.Body, `\[both\](x)`) || !strings.Contains(finding.Description, "submit-and-approve") {
		t.Errorf("the finding is %+v", finding)
	}
}

func TestWithoutTheCapabilityThereAreNoOutcomes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, passes)
		body := sample(with("capabilities", map[string]any{"outcomes": false}))
		b.post(body, signature(key, body))
		synctest.Wait()
		for _, told := range b.host.told {
			if len(told.Data.Relationships.Outcomes.Data) > 0 {
				t.Errorf("the host is told %+v", told)
			}
		}
		if status, _ := b.host.last(); status != "passed" {
			t.Errorf("the result is %s", status)
		}
	})
}

func TestOnlyWhoHasTheKeyIsHeard(t *testing.T) {
	if _, err := New(Config{Host: "app.terraform.io", Judge: passes}); err == nil {
		t.Error("a service without a key starts")
	}
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, passes)
		body := sample()
		for name, c := range map[string]struct {
			body      []byte
			signature string
			want      int
		}{
			"no signature":         {body, "", http.StatusUnauthorized},
			"no hex":               {body, "x", http.StatusUnauthorized},
			"another key":          {body, signature("another", body), http.StatusUnauthorized},
			"another body":         {append(slices.Clone(body), ' '), signature(key, body), http.StatusUnauthorized},
			"a part of it":         {body, signature(key, body)[:64], http.StatusUnauthorized},
			"no JSON, unsigned":    {[]byte("{"), signature("another", []byte("{")), http.StatusUnauthorized},
			"no JSON":              {[]byte("{"), signature(key, []byte("{")), http.StatusBadRequest},
			"another version":      signed(sample(with("payload_version", 2)), http.StatusBadRequest),
			"no result":            signed(sample(with("task_result_id", "")), http.StatusBadRequest),
			"too long":             signed(bytes.Repeat([]byte(" "), maxBody+1), http.StatusRequestEntityTooLarge),
			"a callback elsewhere": signed(sample(with("task_result_callback_url", "https://evil.example.com/api")), http.StatusBadRequest),
			"another port":         signed(sample(with("task_result_callback_url", "https://app.terraform.io:8443/api")), http.StatusBadRequest),
			"no https":             signed(sample(with("task_result_callback_url", "http://app.terraform.io/api")), http.StatusBadRequest),
			"somebody at it":       signed(sample(with("task_result_callback_url", "https://app.terraform.io@evil.example.com/api")), http.StatusBadRequest),
			"somebody at the host": signed(sample(with("task_result_callback_url", "https://x:y@app.terraform.io/api")), http.StatusBadRequest),
			"no callback":          signed(sample(with("task_result_callback_url", "")), http.StatusBadRequest),
			"a test":               signed(sample(with("task_result_enforcement_level", "test"), with("task_result_id", "")), http.StatusOK),
		} {
			if got := b.post(c.body, c.signature); got != c.want {
				t.Errorf("%s: the service answers %d, want %d", name, got, c.want)
			}
		}
		synctest.Wait()
		if len(b.host.asked) > 0 {
			t.Errorf("the service asked %q", b.host.asked)
		}
		b.expectNothingLeaked(t)
	})
}

func signed(body []byte, want int) struct {
	body      []byte
	signature string
	want      int
} {
	return struct {
		body      []byte
		signature string
		want      int
	}{body, signature(key, body), want}
}

func TestSameResultIsJudgedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		judged := 0
		b := newBench(t, func(ctx context.Context, plan io.Reader) (*Judgement, error) {
			judged++
			return passes(ctx, plan)
		})
		body := sample()
		for range 2 {
			if status := b.post(body, signature(key, body)); status != http.StatusOK {
				t.Errorf("the service answers %d", status)
			}
			synctest.Wait()
			b.post(body, signature(key, body))
		}
		if synctest.Wait(); judged != 1 {
			t.Errorf("the plan was judged %d times", judged)
		}
	})
}

func TestWhatCannotBeJudgedHasFailed(t *testing.T) {
	redirect := func(to string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, to, http.StatusFound) }
	}
	answer := func(status int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }
	}
	for name, c := range map[string]struct {
		request func(map[string]any)
		plan    http.HandlerFunc
		judge   Judge
		want    string
	}{
		"before the plan":       {request: with("stage", "pre_plan"), want: "post-plan"},
		"a plan elsewhere":      {request: with("plan_json_api_url", "https://evil.example.com/plan"), want: "not of the host"},
		"a plan without https":  {request: with("plan_json_api_url", "http://app.terraform.io/plan"), want: "https"},
		"no plan":               {request: with("plan_json_api_url", nil), want: "URL of the plan"},
		"not found":             {plan: answer(http.StatusNotFound), want: "404"},
		"never there":           {plan: answer(http.StatusNoContent), want: "204"},
		"broken":                {plan: answer(http.StatusBadGateway), want: "502"},
		"a redirect to http":    {plan: redirect("http://archive.example.com/x"), want: "not by https"},
		"a broken archive":      {plan: redirect("https://archive.example.com/broken?secret"), want: "asking the host failed"},
		"a redirect to nothing": {plan: answer(http.StatusFound), want: "does not say where"},
		"a judge's error": {judge: func(context.Context, io.Reader) (*Judgement, error) {
			return nil, errors.New("answered\n::401:: with an error")
		}, want: "answered ::401::"},
		"a panic": {judge: func(context.Context, io.Reader) (*Judgement, error) { panic("secret") }, want: "mistake"},
		"too large": {judge: func(_ context.Context, plan io.Reader) (*Judgement, error) {
			_, err := io.ReadAll(&bounded{plan, 5})
			return nil, err
		}, want: "too large"},
		"for ever": {judge: func(ctx context.Context, _ io.Reader) (*Judgement, error) {
			<-ctx.Done()
			time.Sleep(time.Hour)
			return &Judgement{Review: report(review.Warn), Passed: true}, nil
		}, want: "too long"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				judge := c.judge
				if judge == nil {
					judge = func(context.Context, io.Reader) (*Judgement, error) {
						t.Error("it was judged")
						return passes(nil, nil) //nolint:staticcheck // It has failed by now.
					}
				}
				b := newBench(t, judge)
				b.host.plan = c.plan
				change := c.request
				if change == nil {
					change = func(map[string]any) {}
				}
				body := sample(change)
				if status := b.post(body, signature(key, body)); status != http.StatusOK {
					t.Errorf("the service answers %d", status)
				}
				later(3 * time.Hour)
				status, message := b.host.last()
				if status != "failed" || !strings.Contains(message, c.want) || strings.Contains(message, "secret") || slices.Contains(b.host.statuses(), "passed") {
					t.Errorf("the host is told %q, and in the end %q", b.host.statuses(), message)
				}
				b.expectNothingLeaked(t)
			})
		})
	}
}

// TestHostHearsOfALongTask also lets the host refuse what it is told at times.
func TestHostHearsOfALongTask(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, func(ctx context.Context, plan io.Reader) (*Judgement, error) {
			time.Sleep(31 * time.Minute)
			return passes(ctx, plan)
		})
		b.host.refusals = []int{http.StatusBadGateway, http.StatusTooManyRequests}
		body := sample()
		b.post(body, signature(key, body))
		later(time.Hour)
		previous := time.Duration(0)
		for _, at := range b.host.at {
			if at-previous > 5*time.Minute {
				t.Errorf("between %s and %s, the host heard nothing", previous, at)
			}
			previous = at
		}
		if status, _ := b.host.last(); status != "passed" || previous < 31*time.Minute {
			t.Errorf("after %s, the host is told %s", previous, status)
		}
	})
}

func TestStop(t *testing.T) {
	for name, c := range map[string]struct {
		takes time.Duration
		want  string
	}{"in time": {time.Minute, "passed"}, "cut short": {time.Hour, "failed"}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t, func(ctx context.Context, plan io.Reader) (*Judgement, error) {
					select {
					case <-time.After(c.takes):
					case <-ctx.Done():
						return nil, ctx.Err()
					}
					return passes(ctx, plan)
				})
				body := sample()
				b.post(body, signature(key, body))
				synctest.Wait()
				ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
				defer cancel()
				b.Stop(ctx)
				if status, message := b.host.last(); status != c.want {
					t.Errorf("a service that is stopped says %s: %s", status, message)
				}
				another := sample(with("task_result_id", "taskrs-2"))
				if status := b.post(another, signature(key, another)); status != http.StatusServiceUnavailable {
					t.Errorf("a service that is stopped answers %d", status)
				}
			})
		})
	}
}

// TestBusy lets the host ask again for what would be too much at a time.
func TestBusy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		judging, most := 0, 0
		var mu sync.Mutex
		b := newBench(t, func(ctx context.Context, plan io.Reader) (*Judgement, error) {
			mu.Lock()
			judging++
			most = max(most, judging)
			mu.Unlock()
			time.Sleep(time.Second)
			mu.Lock()
			judging--
			mu.Unlock()
			return passes(ctx, plan)
		})
		answers := map[int]int{}
		for i := range maxTasks + 1 {
			body := sample(with("task_result_id", fmt.Sprint("taskrs-", i)))
			answers[b.post(body, signature(key, body))]++
		}
		later(time.Hour)
		if answers[http.StatusOK] != maxTasks || answers[http.StatusServiceUnavailable] != 1 || most != maxJudged {
			t.Errorf("the service answers %v, and judges %d at a time", answers, most)
		}
		body := sample(with("task_result_id", fmt.Sprint("taskrs-", maxTasks)))
		if status := b.post(body, signature(key, body)); status != http.StatusOK {
			t.Errorf("what was refused is answered %d later", status)
		}
		later(time.Hour)
	})
}

// later is when everything has settled after a time.
func later(after time.Duration) {
	time.Sleep(after)
	synctest.Wait()
}

func TestHost(t *testing.T) {
	for text, want := range map[string]Host{
		"app.terraform.io": "app.terraform.io", "TFE.example.com:8443": "tfe.example.com:8443", "app.terraform.io:443": "app.terraform.io",
		"": "", "https://app.terraform.io": "", "a/b": "", "u@a": "", "a?b": "", "a#b": "", " a": "",
	} {
		got, err := ParseHost(text)
		if got != want || (err != nil) != (want == "") {
			t.Errorf("%q is the host %q: %v", text, got, err)
		}
	}
}
