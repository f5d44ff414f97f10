package httpapi

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"
)

// largeAnswer is how much of an answer is read without its turn, in bytes. The places of
// a client could else fill the memory with answers of which each is within its bound.
const largeAnswer = 4 << 20

// A stopwatch bounds an attempt in time. It stands still while the attempt waits for
// another one's answer to be read, which is nothing that the server is slow at; the
// budget of the whole request goes on.
type stopwatch struct {
	timer *time.Timer
	until time.Time
}

// startStopwatch returns a context that ends after the time, with [errAttemptTimeout].
func startStopwatch(whole context.Context, timeout time.Duration) (context.Context, *stopwatch, func()) {
	ctx, cancel := context.WithCancelCause(whole)
	timer := time.AfterFunc(timeout, func() { cancel(errAttemptTimeout) })
	return ctx, &stopwatch{timer: timer, until: time.Now().Add(timeout)}, func() {
		timer.Stop()
		cancel(context.Canceled)
	}
}

// pause stops the time until the function that it returns is called.
func (s *stopwatch) pause() (resume func()) {
	left := time.Until(s.until)
	if !s.timer.Stop() {
		return func() {} // The time is up.
	}
	return func() {
		s.until = time.Now().Add(left)
		s.timer.Reset(left)
	}
}

// A turnReader reads the body of an answer, and waits for the turn before it reads more
// than a few MiB.
type turnReader struct {
	ctx  context.Context //nolint:containedctx // It lives as long as one attempt.
	body io.Reader
	// turn is the client's, in which there is one place.
	turn  chan struct{}
	watch *stopwatch
	read  int
	holds bool
}

// Read implements [io.Reader].
func (t *turnReader) Read(p []byte) (int, error) {
	if t.read > largeAnswer {
		if err := t.take(); err != nil {
			return 0, err
		}
	}
	n, err := t.body.Read(p)
	t.read += n
	return n, err
}

func (t *turnReader) take() error {
	if t.holds {
		return nil
	}
	defer t.watch.pause()()
	select {
	case t.turn <- struct{}{}:
		t.holds = true
		return nil
	case <-t.ctx.Done():
		return context.Cause(t.ctx)
	}
}

// release ends the turn, if it was taken.
func (t *turnReader) release() {
	if t.holds {
		t.holds = false
		<-t.turn
	}
}

// readAnswer reads an answer whole. Where that took the turn, a good answer keeps it
// until its release is called: what is made of a large answer is no smaller.
func (t *turnReader) readAnswer(response *http.Response) answer {
	body, err := t.readAll(response.ContentLength)
	if err = errors.Join(err, response.Body.Close()); err != nil {
		t.release()
		return answer{err: err}
	}
	result := answer{status: response.StatusCode, header: response.Header, body: body, release: t.release}
	if !result.succeeded() {
		t.release()
	}
	return result
}

// readAll reads a body of a length that is -1 if it is not known.
func (t *turnReader) readAll(length int64) ([]byte, error) {
	if length > maxBodyBytes {
		return nil, errAnswerTooLarge
	}
	if length > largeAnswer {
		if err := t.take(); err != nil {
			return nil, brokenAnswer(err)
		}
	}
	// A known length takes one piece, and one byte to see its end. Else the piece grows
	// fourfold: what is copied and thrown away stays small beside it.
	body := make([]byte, 0, max(length+1, 4<<10))
	for {
		n, err := t.Read(body[len(body):cap(body)])
		body = body[:len(body)+n]
		switch {
		case len(body) > maxBodyBytes:
			return nil, errAnswerTooLarge
		case errors.Is(err, io.EOF):
			return body, nil
		case err != nil:
			return nil, brokenAnswer(err)
		case len(body) == cap(body):
			body = append(make([]byte, 0, min(4*cap(body), maxBodyBytes+1)), body...)
		}
	}
}
