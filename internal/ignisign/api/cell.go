package api

import (
	"context"
	"sync"
)

// A cell keeps what was read once. Concurrent reads wait for the first of them; a read that fails
// is not kept. The zero value is empty.
type cell[T any] struct {
	once sync.Once
	// turn has room for the one that reads.
	turn chan struct{}

	mu sync.Mutex
	// kept is what was read; nil if nothing was. generation counts how often it was dropped.
	kept       *T
	generation int
}

// get returns what is kept, or what read returns.
func (c *cell[T]) get(ctx context.Context, read func(context.Context) (T, error)) (value T, err error) {
	c.once.Do(func() { c.turn = make(chan struct{}, 1) })
	select {
	case c.turn <- struct{}{}:
		defer func() { <-c.turn }()
	case <-ctx.Done():
		return value, ctx.Err()
	}
	kept, generation := c.current()
	if kept != nil {
		return *kept, nil
	}
	if value, err = read(ctx); err != nil {
		return value, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if generation == c.generation {
		c.kept = &value
	}
	return value, nil
}

func (c *cell[T]) current() (*T, int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.kept, c.generation
}

// drop forgets what is kept, and what a read under way will return.
func (c *cell[T]) drop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.kept = nil
	c.generation++
}
