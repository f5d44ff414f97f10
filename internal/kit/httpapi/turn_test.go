package httpapi_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"runtime/metrics"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
)

// An answering transport answers in place of a server.
type answering func(*http.Request) (*http.Response, error)

func (a answering) RoundTrip(r *http.Request) (*http.Response, error) { return a(r) }

// zeros are an answer of a size, of which the length is known or not.
func zeros(size int64, known bool) *http.Response {
	length := int64(-1)
	if known {
		length = size
	}
	return &http.Response{StatusCode: http.StatusOK, ContentLength: length, Body: io.NopCloser(io.LimitReader(zero{}, size))}
}

type zero struct{}

func (zero) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func clientOf(t testing.TB, transport http.RoundTripper) *httpapi.Client {
	t.Helper()
	c := config("http://127.0.0.1:9/Api")
	c.Transport = transport
	client, err := httpapi.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// Large answers are read and used one at a time, small ones are not held up, and who
// waits for the turn does not time out and is not sent again.
func TestLargeAnswersTakeTurns(t *testing.T) {
	for name, known := range map[string]bool{"of a known length": true, "of an unknown length": false} {
		t.Run(name, func(t *testing.T) {
			inFakeTime(t, func(t *testing.T) {
				var requests, using, largest atomic.Int32
				client := clientOf(t, answering(func(r *http.Request) (*http.Response, error) {
					requests.Add(1)
					if r.URL.Path == "/Api/v1/acme/Others" {
						return zeros(1<<20, known), nil
					}
					return zeros(5<<20, known), nil
				}))
				var group sync.WaitGroup
				for range 3 {
					group.Go(func() {
						err := client.Use(t.Context(), list, func(body []byte, _ http.Header) {
							largest.Store(max(largest.Load(), using.Add(1)))
							time.Sleep(2 * time.Minute) // Longer than an attempt may take.
							using.Add(-1)
							if len(body) != 5<<20 {
								t.Errorf("%d bytes", len(body))
							}
						})
						if err != nil {
							t.Error(err)
						}
					})
				}
				synctest.Wait()
				started := time.Now()
				if body, _, err := client.Do(t.Context(), other); err != nil || len(body) != 1<<20 || time.Since(started) > 0 {
					t.Errorf("a small answer of %d bytes took %s: %v", len(body), time.Since(started), err)
				}
				group.Wait()
				if largest.Load() != 1 || requests.Load() != 4 {
					t.Errorf("%d at once, %d requests", largest.Load(), requests.Load())
				}
			})
		})
	}
}

// The time of an attempt goes on once its turn has come.
func TestALargeAnswerThatStalls(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		release := make(chan struct{})
		defer close(release)
		client := clientOf(t, answering(func(r *http.Request) (*http.Response, error) {
			response := zeros(5<<20, true)
			response.Body = io.NopCloser(io.MultiReader(bytes.NewReader(make([]byte, 1<<20)), stalled{r.Context()}))
			return response, nil
		}))
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		started := time.Now()
		_, _, err := client.Do(ctx, create)
		expectError(t, err, "attempt timed out after 30s")
		if took := time.Since(started); took != 30*time.Second {
			t.Errorf("it took %s", took)
		}
		// The turn is free.
		_, _, err = client.Do(ctx, create)
		expectError(t, err, "attempt timed out after 30s")
	})
}

// A stalled body never comes.
type stalled struct{ ctx context.Context }

func (s stalled) Read([]byte) (int, error) {
	<-s.ctx.Done()
	return 0, s.ctx.Err()
}

// Whoever waits for the turn can be interrupted, and a failed answer frees it.
func TestWaitingForTheTurnEnds(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		status := http.StatusInternalServerError
		client := clientOf(t, answering(func(*http.Request) (*http.Response, error) {
			response := zeros(5<<20, false)
			response.StatusCode = status
			return response, nil
		}))
		for range 2 {
			_, _, err := client.Do(t.Context(), list)
			expectError(t, err, "500")
		}
		status = http.StatusOK
		var group sync.WaitGroup
		group.Go(func() {
			if err := client.Use(t.Context(), list, func([]byte, http.Header) { time.Sleep(time.Minute) }); err != nil {
				t.Error(err)
			}
		})
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, _, err := client.Do(ctx, list)
		expectError(t, err, context.DeadlineExceeded.Error())
		group.Wait()
	})
}

// BenchmarkLargeAnswers reports how much memory three answers of 60 MiB take that come
// at once, each of which is thrown away after it was looked at.
func BenchmarkLargeAnswers(b *testing.B) {
	const size = 60 << 20
	for _, known := range []bool{true, false} {
		b.Run(fmt.Sprint("known length ", known), func(b *testing.B) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				if known {
					w.Header().Set("Content-Length", strconv.Itoa(size))
				}
				_, _ = io.CopyN(w, zero{}, size)
			}))
			defer server.Close()
			client, err := httpapi.New(config(server.URL + "/Api"))
			if err != nil {
				b.Fatal(err)
			}
			var peak float64
			for b.Loop() {
				runtime.GC()
				stop, done := make(chan struct{}), make(chan float64)
				go func() { done <- highestHeap(stop) }()
				var group sync.WaitGroup
				for range 3 {
					group.Go(func() {
						if err := client.Use(b.Context(), list, func(body []byte, _ http.Header) { _ = bytes.Count(body, []byte{1}) }); err != nil {
							b.Error(err)
						}
					})
				}
				group.Wait()
				close(stop)
				peak = max(peak, <-done)
			}
			b.ReportMetric(peak, "peak-MiB")
		})
	}
}

// highestHeap watches the heap, and what of it is not yet collected, until it is told to
// stop; in MiB.
func highestHeap(stop chan struct{}) float64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	var highest uint64
	for {
		metrics.Read(sample)
		highest = max(highest, sample[0].Value.Uint64())
		select {
		case <-stop:
			return float64(highest) / (1 << 20)
		case <-time.After(time.Millisecond):
		}
	}
}
