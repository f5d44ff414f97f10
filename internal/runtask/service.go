package runtask

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/text"
)

// Bounds of what the service takes on.
const (
	// maxBody is far more than a request has.
	maxBody = 1 << 20
	// maxTasks are under way at a time; of more, the host asks again.
	maxTasks = 100
	// maxJudged are judged at a time: a large plan needs memory.
	maxJudged = 4
	// maxPlan bounds the JSON of a plan.
	maxPlan = 512 << 20
	// maxSeen are remembered, so that the same request is not done twice.
	maxSeen = 100_000
)

// Times of the protocol: the host gives up on a task of which it hears nothing for 10
// minutes, and after 60 minutes.
const (
	heartbeat = 4 * time.Minute
	deadline  = 50 * time.Minute
)

// A Judge reads the JSON of a plan and judges it.
type Judge func(ctx context.Context, plan io.Reader) (*Judgement, error)

// Config is what a service needs.
type Config struct {
	// Key is the HMAC key of the run task.
	Key []byte
	// Host is the one of which requests come, and that is answered.
	Host      Host
	Judge     Judge
	Transport http.RoundTripper
	// Log gets what happened, and neither a plan nor a token.
	Log *slog.Logger
}

// A Service is the handler of a run task.
type Service struct {
	config Config
	client *client

	// The tasks outlive the requests that begin them, and end with ctx, by stop.
	under sync.WaitGroup
	stop  context.CancelFunc
	ctx   context.Context
	free  chan struct{}
	turns chan struct{}

	mu      sync.Mutex
	stopped bool
	seen    map[string]bool
	order   []string
}

// New makes a service. There is none without a key, because then anybody could ask.
func New(config Config) (*Service, error) {
	if len(config.Key) == 0 {
		return nil, errors.New("there is no HMAC key")
	}
	s := &Service{
		config: config, client: newClient(config.Host, config.Transport), seen: map[string]bool{},
		free: make(chan struct{}, maxTasks), turns: make(chan struct{}, maxJudged),
	}
	s.ctx, s.stop = context.WithCancel(context.Background())
	return s, nil
}

// ServeHTTP takes a request and answers at once; the work comes after.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		http.Error(w, "only POST", http.StatusMethodNotAllowed)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		http.Error(w, "the body cannot be read, or is too long", http.StatusRequestEntityTooLarge)
		return
	}
	if !isSigned(s.config.Key, body, r.Header.Get(signatureHeader)) {
		s.config.Log.Warn("a request without a valid signature was refused")
		http.Error(w, "the signature is missing or wrong", http.StatusUnauthorized)
		return
	}
	asked, err := parseRequest(body)
	if err == nil && !asked.isTest() {
		err = s.take(asked)
	}
	switch {
	case errors.Is(err, errBusy):
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
	case err != nil:
		s.config.Log.Warn("a request was refused", "reason", text.Visible(err.Error()))
		http.Error(w, err.Error(), http.StatusBadRequest)
	default:
		w.WriteHeader(http.StatusOK)
	}
}

var errBusy = errors.New("too much is under way")

// take begins what is asked, unless that was asked before.
func (s *Service) take(asked *request) error {
	callback, err := s.config.Host.admit(asked.CallbackURL)
	if err != nil {
		return errors.New("task_result_callback_url: " + err.Error())
	}
	if asked.ResultID == "" {
		return errors.New("task_result_id is missing")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.seen[asked.ResultID] {
		return nil
	}
	if s.stopped {
		return errBusy
	}
	select {
	case s.free <- struct{}{}:
	default:
		return errBusy
	}
	s.remember(asked.ResultID)
	s.under.Go(func() {
		defer func() { <-s.free }()
		s.do(asked, callback)
	})
	return nil
}

// remember forgets the oldest for it, of very many.
func (s *Service) remember(id string) {
	s.seen[id], s.order = true, append(s.order, id)
	if len(s.order) > maxSeen {
		delete(s.seen, s.order[0])
		s.order = s.order[1:]
	}
}

// Stop takes nothing more, waits until what is under way has ended or the context has,
// and then ends it, as failed.
func (s *Service) Stop(ctx context.Context) {
	s.mu.Lock()
	s.stopped = true
	s.mu.Unlock()
	done := make(chan struct{})
	go func() {
		s.under.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-ctx.Done():
	}
	s.stop()
	<-done
}

// do judges a plan, and tells the host how far it is until it has the result.
func (s *Service) do(asked *request, callback *url.URL) {
	ctx, cancel := context.WithTimeout(s.ctx, deadline)
	defer cancel()
	log := s.config.Log.With("run", text.Visible(asked.RunID), "organization", text.Visible(asked.Organization), "workspace", text.Visible(asked.Workspace))
	judged := make(chan result, 1)
	go func() { judged <- s.judge(ctx, asked, callback) }()
	final := s.wait(ctx, log, asked, callback, judged)
	// Also a task that was stopped, or took too long, has a result.
	last, done := context.WithTimeout(context.WithoutCancel(ctx), attemptTimeout)
	defer done()
	if err := s.client.report(last, callback, asked.AccessToken, final); err != nil {
		log.Error("the result could not be told", "status", string(final.status), "reason", text.Visible(err.Error()))
		return
	}
	log.Info("the plan was reviewed", "status", string(final.status), "reason", shortened(final.reason))
}

// wait says that the task is under way, until it is judged or has to end.
func (s *Service) wait(ctx context.Context, log *slog.Logger, asked *request, callback *url.URL, judged <-chan result) result {
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for {
		// It is told in time even where the host answers late.
		told, done := context.WithTimeout(ctx, attemptTimeout)
		if err := s.client.report(told, callback, asked.AccessToken, result{status: running, message: "The plan is being reviewed."}); err != nil {
			log.Warn("that the task is running could not be told", "reason", text.Visible(err.Error()))
		}
		done()
		select {
		case r := <-judged:
			return r
		case <-ctx.Done():
			if s.ctx.Err() != nil {
				return failure("The service was stopped before the plan was judged. Run it again.")
			}
			return failure("The review took too long.")
		case <-beat.C:
		}
	}
}

// judge returns what the host is told in the end, and tells it the details before, where
// it takes them. Whatever goes wrong has failed.
func (s *Service) judge(ctx context.Context, asked *request, callback *url.URL) (final result) {
	defer func() {
		if reason := recover(); reason != nil {
			s.config.Log.Error("a review panicked", "run", text.Visible(asked.RunID))
			final = failure("The review of the plan failed by a mistake of its own.")
		}
	}()
	if !asked.hasPlan() {
		return failure("There is no plan to judge at this stage: attach the run task at post-plan.")
	}
	at, err := s.config.Host.admit(asked.PlanURL)
	if err != nil {
		return failure("The URL of the plan is refused: " + err.Error() + ".")
	}
	select {
	case s.turns <- struct{}{}:
		defer func() { <-s.turns }()
	case <-ctx.Done():
		return failure("The review had to wait for too long.")
	}
	plan, err := s.client.plan(ctx, at, asked.AccessToken)
	if err != nil {
		return failure("The plan could not be read: " + err.Error() + ".")
	}
	defer plan.Close()
	judgement, err := s.config.Judge(ctx, &bounded{plan, maxPlan})
	if err != nil {
		return failure("The plan could not be judged: " + err.Error())
	}
	final, outcomes, err := judgement.spell()
	if err != nil {
		return failure("The review could not be written: " + err.Error())
	}
	// Of a task that has ended already, the host must not hear that it runs.
	if asked.Capabilities.Outcomes && ctx.Err() == nil {
		details := result{status: running, message: "The plan was reviewed.", outcomes: outcomes}
		if err := s.client.report(ctx, callback, asked.AccessToken, details); err != nil {
			s.config.Log.Warn("the details could not be told", "run", text.Visible(asked.RunID), "reason", text.Visible(err.Error()))
		}
	}
	return final
}

// A bounded reader ends with an error, and not as if all had been read.
type bounded struct {
	io.Reader
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, errors.New("the plan is too large")
	}
	return n, err
}
