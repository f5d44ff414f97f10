package survey

import (
	"context"
	"sync"

	"golang.org/x/sync/errgroup"
)

// A Progress is told how a long read goes on.
type Progress interface {
	// Expect says that so many more objects will be read.
	Expect(objects int)
	// Done says that one of them was read.
	Done()
}

// Shared makes of a progress, or of none, one that several goroutines may tell. The
// progress itself is told by one at a time.
func Shared(to Progress) Progress { return &sharedProgress{to: to} }

type sharedProgress struct {
	mu sync.Mutex
	to Progress
}

func (p *sharedProgress) Expect(objects int) {
	p.tell(func() { p.to.Expect(objects) })
}

func (p *sharedProgress) Done() {
	p.tell(func() { p.to.Done() })
}

func (p *sharedProgress) tell(say func()) {
	if p.to == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	say()
}

// concurrency is how many objects are read at once. The client sends no more
// requests than that, and what waits in it counts against its time limits.
const concurrency = 10

// Each reads the objects 0 to n-1, some at a time, and tells a shared progress of each.
// The first error ends it.
func Each(ctx context.Context, n int, progress Progress, read func(ctx context.Context, i int) error) error {
	progress.Expect(n)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(concurrency)
	for i := range n {
		group.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := read(ctx, i); err != nil {
				return err
			}
			progress.Done()
			return nil
		})
	}
	return group.Wait()
}
