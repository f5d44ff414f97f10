package api_test

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
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

// A create or a new token on a connection that was in use before is sent once,
// though the connection breaks without an answer.
func TestWhatActsIsNotSentAgainOnAnotherConnection(t *testing.T) {
	const id = "8e0b6d1c-42f7-4a95-b3c8-0d9e5f7a1263"
	calls := map[string]func(*api.Client) error{
		"create": func(c *api.Client) error {
			_, err := c.CreatePrincipal(t.Context(), access.Principal{Kind: access.KindCIUser, Name: "acme-new"})
			return err
		},
		"token": func(c *api.Client) error {
			_, err := c.RegenerateToken(t.Context(), id)
			return err
		},
		"mail": func(c *api.Client) error { return c.Reinvite(t.Context(), id) },
	}
	for name, call := range calls {
		t.Run(name, func(t *testing.T) {
			server := newHangUp(t)
			client, err := api.New(config("http://" + server.Addr().String()))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := client.Projects(t.Context()); err != nil {
				t.Fatal(err)
			}
			expectError(t, call(client), "no answer from SignPath")
			server.mu.Lock()
			defer server.mu.Unlock()
			if posts := slices.DeleteFunc(slices.Clone(server.requests), func(m string) bool { return m == "GET" }); len(posts) != 1 {
				t.Errorf("the server got %q", server.requests)
			}
		})
	}
}

// A server may close a connection just when a request gets it. That request was not
// sent, so that a create, too, may go on another connection.
func TestConnectionThatIsClosedWhenARequestGetsIt(t *testing.T) {
	o := newOrganization(t, seed(), nil)
	idle, closed := make(chan net.Conn, 1), make(chan struct{}, 1)
	server := httptest.NewUnstartedServer(o.Server)
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
	o.config.URL = server.URL + "/Api"
	o.restart()
	o.must(doProjects(t.Context(), o))

	var once sync.Once
	ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) {
		once.Do(func() {
			o.check((<-idle).(*net.TCPConn).CloseWrite())
			<-closed // The client has seen it, and closed its side.
		})
	}})
	_, err := o.client.CreatePrincipal(ctx, access.Principal{Kind: access.KindCIUser, Name: "acme-new"})
	o.must(err)
	o.expectRequests(1, "POST /CIUsers")
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
	client, err := api.New(c)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = client.Projects(t.Context()); err != nil || protocol != "HTTP/1.1" {
		t.Errorf("the request came with %s, %v", protocol, err)
	}
}

// What may be sent again, may not take more than one attempt without retries.
func TestWithoutRetries(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		o := inProcess(t)
		o.config.RetryBudget = -1
		for _, status := range []int{408, 429, 502, 503, 504} {
			o.restart()
			o.ClearFaults()
			o.inject(answerOnce(status, map[string]string{"Retry-After": "7"}))
			before, started := o.CountRequests(), time.Now()
			expectError(t, doProjects(t.Context(), o), http.StatusText(status), "SignPath asks to wait for 7s")
			if o.CountRequests() != before+1 || time.Since(started) > 0 {
				t.Errorf("%d: %d requests in %s", status, o.CountRequests()-before, time.Since(started))
			}
			if status != http.StatusTooManyRequests {
				o.must(doProjects(t.Context(), o))
				continue
			}
			err := doProjects(t.Context(), o)
			expectError(t, err, "SignPath asked to wait for 7s, longer than the time that is left")
			expectAdvice(t, err, "raise retry_timeout_seconds")
			time.Sleep(7 * time.Second)
			o.must(doProjects(t.Context(), o))
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
			o := inProcess(t)
			o.inject(answerOnce(status, nil))
			readErr := doProjects(t.Context(), o)
			o.ClearFaults()
			fault := answerOnce(status, nil)
			fault.Route = editRoute
			o.inject(fault)
			writeErr := doChangeMembers(t.Context(), o)
			if want := slices.Contains(again, status); (readErr == nil) != want || (writeErr == nil) != want {
				t.Errorf("%d: %v, %v", status, readErr, writeErr)
			}
		})
	}
}

// The pause that SignPath asks for is in the error, in both forms of the header.
func TestThePauseIsSaid(t *testing.T) {
	for _, retryAfter := range []string{"86400", "Sun, 02 Jan 2000 00:00:00 GMT"} { // Time begins at midnight.
		for _, status := range []int{429, 503} {
			inFakeTime(t, func(t *testing.T) {
				o := inProcess(t)
				o.inject(answerOnce(status, map[string]string{"Retry-After": retryAfter}))
				started := time.Now()
				expectError(t, doProjects(t.Context(), o), "SignPath asks to wait for 24h0m0s", "request id")
				if time.Since(started) > 0 {
					t.Errorf("it took %s", time.Since(started))
				}
				o.expectRequests(1)
			})
		}
	}
}

// Nothing of a create is lost that never left.
func TestACreateThatWaitsForItsTurnIsNotLost(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		o := inProcess(t)
		o.config.MaxRequestsPerSecond = 0.1
		o.config.RetryBudget = 5 * time.Second
		o.restart()
		o.must(doProjects(t.Context(), o))
		_, err := o.client.CreatePrincipal(t.Context(), access.Principal{Kind: access.KindCIUser, Name: "acme-new"})
		expectError(t, err, "max_requests_per_second leaves no turn")
		var lost *api.LostCreateError
		if errors.As(err, &lost) {
			t.Errorf("what was never sent counts as lost: %v", err)
		}
		o.expectRequests(0, "POST *")
	})
}

// A page in the place of SignPath's answer must not pass for a mail that was sent.
func TestReinviteThatAPageAnswers(t *testing.T) {
	o := inProcess(t)
	o.inject(mock.Fault{
		Route: "POST */Reinvite", Action: mock.FaultAnswer, Status: http.StatusOK,
		Headers: map[string]string{"Content-Type": "text/html"}, Body: "\n<html>Log in first</html>",
	})
	expectError(t, o.client.Reinvite(t.Context(), o.id(outsider)), "/Reinvite", "a page", "whether the invitation was sent")
	if mails := o.Mails(); len(mails) > 0 {
		t.Errorf("mails were sent, so this test shows nothing: %+v", mails)
	}
}
