package export

import "sync"

// sharedProgress lets several goroutines tell one Progress, or none.
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
