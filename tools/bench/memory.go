package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"
)

// memoryPollInterval is short, so that what a process allocates at its very end
// is seen too.
const memoryPollInterval = 10 * time.Millisecond

// watchMemory looks for processes of a binary until stop is called, which
// returns the highest resident set that any of them ever had, in bytes. The
// binary must be of this run alone.
func watchMemory(binary string) (stop func() int64) {
	var peak int64
	var watching sync.WaitGroup
	stopped := make(chan struct{})
	watching.Go(func() {
		ticker := time.NewTicker(memoryPollInterval)
		defer ticker.Stop()
		for {
			select {
			case <-stopped:
				return
			case <-ticker.C:
				for _, process := range processesOf(binary) {
					peak = max(peak, peakMemory(process))
				}
			}
		}
	})
	return func() int64 {
		close(stopped)
		watching.Wait()
		return peak
	}
}

// processesOf returns the directories in /proc of the processes that run the
// binary.
func processesOf(binary string) []string {
	links, _ := filepath.Glob("/proc/[0-9]*/exe")
	var found []string
	for _, link := range links {
		if target, err := os.Readlink(link); err == nil && target == binary {
			found = append(found, filepath.Dir(link))
		}
	}
	return found
}

// peakMemory reads VmHWM, which the kernel gives in KiB. It is 0 for a process
// that has ended.
func peakMemory(process string) int64 {
	status, err := os.ReadFile(filepath.Join(process, "status")) //nolint:gosec // Below /proc.
	if err != nil {
		return 0
	}
	for line := range bytes.Lines(status) {
		if value, found := strings.CutPrefix(string(line), "VmHWM:"); found {
			kibibytes, _ := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 10, 64)
			return kibibytes << 10
		}
	}
	return 0
}
