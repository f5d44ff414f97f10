package httpapi_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
)

// hangUp is a server that answers the first request on each connection with an
// empty list, and closes the connection after it has read the second whole: what
// makes net/http send a request again by itself.
type hangUp struct {
	net.Listener
	mu       sync.Mutex
	requests []string
}

func newHangUp(t *testing.T) *hangUp {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	h := &hangUp{Listener: listener}
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			go h.serve(connection)
		}
	}()
	return h
}

func (h *hangUp) serve(connection net.Conn) {
	defer func() { _ = connection.Close() }()
	reader := bufio.NewReader(connection)
	for range 2 {
		request, err := http.ReadRequest(reader)
		if err != nil {
			return
		}
		_, _ = io.Copy(io.Discard, request.Body)
		h.mu.Lock()
		h.requests = append(h.requests, request.Method)
		first := len(h.requests) == 1 || request.Method == http.MethodGet
		h.mu.Unlock()
		if !first {
			return
		}
		_, _ = io.WriteString(connection, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: application/json\r\n\r\n[]")
	}
}

// What acts each time it is sent is sent once on a connection that was in use
// before, though that breaks without an answer.
func TestWhatActsIsNotSentAgainOnAnotherConnection(t *testing.T) {
	server := newHangUp(t)
	client, err := httpapi.New(config("http://" + server.Addr().String()))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := client.Do(t.Context(), list); err != nil {
		t.Fatal(err)
	}
	_, _, err = client.Do(t.Context(), create)
	expectError(t, err, "no answer from Example")
	if !answered(t, err).Sent {
		t.Errorf("the server may have acted: %v", err)
	}
	server.mu.Lock()
	defer server.mu.Unlock()
	if posts := slices.DeleteFunc(slices.Clone(server.requests), func(m string) bool { return m == "GET" }); len(posts) != 1 {
		t.Errorf("the server got %q", server.requests)
	}
}

// A server may close a connection just when a request gets it. That request was not
// sent, so that a create, too, may go on another connection.
func TestConnectionThatIsClosedWhenARequestGetsIt(t *testing.T) {
	s := newServer(t)
	idle, closed := make(chan net.Conn, 1), make(chan struct{}, 1)
	server := httptest.NewUnstartedServer(s)
	server.Config.ConnState = func(connection net.Conn, state http.ConnState) {
		switch state {
		case http.StateIdle:
			select {
			case idle <- connection:
			default:
			}
		case http.StateClosed:
			select {
			case closed <- struct{}{}:
			default:
			}
		}
	}
	server.Start()
	defer server.Close()
	s.config.URL = server.URL + "/Api"
	s.restart()
	s.must(s.do(t.Context(), list))

	var once sync.Once
	ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) {
		once.Do(func() {
			s.check((<-idle).(*net.TCPConn).CloseWrite())
			<-closed // The client has seen it, and closed its side.
		})
	}})
	s.must(s.do(ctx, create))
	s.expectRequests(1, "POST /Things")
}

// Over HTTP/2, net/http sends a POST again after some resets of its stream.
func TestHTTP2IsNotSpoken(t *testing.T) {
	protocol := ""
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		protocol = r.Proto
		_, _ = io.WriteString(w, "[]")
	}))
	server.EnableHTTP2 = true
	server.StartTLS()
	defer server.Close()
	c := config(server.URL)
	c.CACertificateFile = writeFile(t, pemOf("CERTIFICATE", server.Certificate().Raw))
	client, err := httpapi.New(c)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err = client.Do(t.Context(), list); err != nil || protocol != "HTTP/1.1" {
		t.Errorf("the request came with %s, %v", protocol, err)
	}
}

// What may be sent again, may not take more than one attempt without retries.
func TestWithoutRetries(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		s := inProcess(t)
		s.config.RetryBudget = -1
		for _, status := range []int{408, 429, 502, 503, 504} {
			s.restart()
			s.clearFaults()
			s.inject(answerOnce(status, map[string]string{"Retry-After": "7"}))
			before, started := s.count(), time.Now()
			expectError(t, s.do(t.Context(), list), http.StatusText(status), "Example asks to wait for 7s")
			if s.count() != before+1 || time.Since(started) > 0 {
				t.Errorf("%d: %d requests in %s", status, s.count()-before, time.Since(started))
			}
			if status != http.StatusTooManyRequests {
				s.must(s.do(t.Context(), list))
				continue
			}
			err := s.do(t.Context(), list)
			expectError(t, err, "Example asked to wait for 7s, longer than the time that is left")
			expectAdvice(t, err, "raise retry_timeout_seconds")
			time.Sleep(7 * time.Second)
			s.must(s.do(t.Context(), list))
		}
	})
}

// The statuses after which a read or an edit is sent again, and no other.
func TestWhichAnswersAreTriedAgain(t *testing.T) {
	again := []int{408, 429, 502, 503, 504}
	for status := 400; status < 600; status++ {
		if status > 431 && status < 500 || status > 511 {
			continue
		}
		inFakeTime(t, func(t *testing.T) {
			s := inProcess(t)
			s.inject(answerOnce(status, nil))
			readErr := s.do(t.Context(), list)
			s.clearFaults()
			f := answerOnce(status, nil)
			f.of = "POST /Things/1/Edit"
			s.inject(f)
			writeErr := s.do(t.Context(), edit)
			if want := slices.Contains(again, status); (readErr == nil) != want || (writeErr == nil) != want {
				t.Errorf("%d: %v, %v", status, readErr, writeErr)
			}
		})
	}
}

// The pause that Example asks for is in the error, in both forms of the header.
func TestThePauseIsSaid(t *testing.T) {
	for _, retryAfter := range []string{"86400", "Sun, 02 Jan 2000 00:00:00 GMT"} { // Time begins at midnight.
		for _, status := range []int{429, 503} {
			inFakeTime(t, func(t *testing.T) {
				s := inProcess(t)
				s.inject(answerOnce(status, map[string]string{"Retry-After": retryAfter}))
				started := time.Now()
				expectError(t, s.do(t.Context(), list), "Example asks to wait for 24h0m0s", "request id")
				if time.Since(started) > 0 {
					t.Errorf("it took %s", time.Since(started))
				}
				s.expectRequests(1)
			})
		}
	}
}

// Nothing of a create is lost that never left.
func TestACreateThatWaitsForItsTurnIsNotLost(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		s := inProcess(t)
		s.config.MaxRequestsPerSecond = 0.1
		s.config.RetryBudget = 5 * time.Second
		s.restart()
		s.must(s.do(t.Context(), list))
		err := s.do(t.Context(), create)
		expectError(t, err, "max_requests_per_second leaves no turn")
		expectNotSent(t, err)
		s.expectRequests(0, "POST /Things")
	})
}
