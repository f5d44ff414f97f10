// Command bench measures what the provider costs: the requests it sends, and
// the time and the memory it takes.
//
// `make bench` builds the provider, starts a mock SignPath in this process, and
// has the Terraform or OpenTofu CLI manage N users (signpath_user) and N entries
// of approvers (signpath_signing_policy_approver, 20 on each signing policy)
// through their whole life, once per latency that the mock adds to each request.
// The entries are for N other people, who are there before.
//
// # How to read the table
//
// Each row is one command of the CLI. Plans are made and applied by separate
// commands, because each of them has one provider process that talks to the
// mock: the row's counts are those of one process.
//
//   - plan users, create users: a plan to create N users, and its apply
//   - plan entries, create entries: the same for the entries, with the users in
//     the same configuration
//   - refresh: a plan that finds nothing to change. It reads and plans all 2 N
//     resources, as the plan of every pull request does
//   - plan after drift: a plan after every tenth entry was removed behind
//     Terraform's back
//   - plan destroy, destroy: of everything; users are deactivated
//   - floor: the same for 2 N terraform_data resources, which need no provider
//     process and no server: an apply that creates them, and a plan that finds
//     nothing to change. What the CLI takes for itself cannot be improved here;
//     with its state in a file, it writes the whole of it after each create
//
// Requests are those that arrived at the mock; reads are its GETs, writes all
// others. Connections are those that the mock accepted. Peak memory is the
// highest resident set (VmHWM) of any provider process that the CLI started,
// looked up in /proc every few milliseconds; it is 0 where there is no /proc.
// Seconds are wall time from the start of the CLI to its end. The refresh and
// the floor are the fastest of three runs; other rows are one run. The mock
// works in this process and shares the processors with what is measured.
//
// # How to read the second table
//
// It sets what matters in relation. An aim is for a quiet machine. A budget is a
// count, does not depend on the machine, and fails the benchmark when exceeded.
//
// # The reference
//
// What the provider costs says little without what a provider has to cost. So the last
// rows compare it with one that only sends (reference/): it has the same two resources and
// sends the same creates, edits and deactivations, reads what it needs for them, and checks
// nothing. Both are called as Terraform's core calls them in an apply (core.go): each
// resource is planned, applied, and not waited for by others than the ten that are under
// way. A CLI is left out there, because it takes minutes for itself where there are thousands
// of resources; the refresh, which is compared by the clock, is that of a CLI.
//
//   - processor seconds: those of the provider's process, as the kernel counts them
//   - power: that of the number of resources with which these seconds grow, from the
//     smallest size to the largest
//   - requests for each object destroyed: all that arrive at the mock in the destroy
//
// A goal is met or missed, and fails nothing.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"
)

func main() {
	os.Exit(run())
}

func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	options, err := parseOptions(os.Args[1:], os.Stderr)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	if err == nil {
		err = bench(ctx, options, os.Stdout)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		return 1
	}
	return 0
}

type options struct {
	sizes     []int
	compared  []int
	latencies []time.Duration
	cli       string
	// profiles is the folder for profiles of the processes that are compared; empty for none.
	profiles    string
	parallelism int
}

func parseOptions(arguments []string, usage io.Writer) (options, error) {
	o := options{sizes: []int{100}, compared: []int{400, 1000, 2000}, latencies: []time.Duration{0, 50 * time.Millisecond}}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(usage)
	flags.Func("n", "numbers of users, and of entries whose life is measured, or none (default 100)", listOf(&o.sizes, parseSize))
	flags.Func("compare", "numbers of users, and of entries, by which the provider is compared with the reference, or none (default 400,1000,2000)",
		listOf(&o.compared, parseSize))
	flags.Func("latency", "delays of each request at the mock (default 0,50ms)", listOf(&o.latencies, parseLatency))
	flags.StringVar(&o.cli, "cli", "terraform", "the Terraform or OpenTofu CLI")
	flags.StringVar(&o.profiles, "profiles", "", "a folder for CPU profiles of the provider's processes that are compared: creates, three refreshes, plan of the destroy, destroy")
	flags.IntVar(&o.parallelism, "parallelism", 10, "how many resources the CLI works on at a time")
	if err := flags.Parse(arguments); err != nil {
		return o, err
	}
	if flags.NArg() > 0 {
		return o, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	return o, nil
}

// listOf makes a flag of comma-separated values, or "none".
func listOf[T any](target *[]T, parse func(string) (T, error)) func(string) error {
	return func(text string) error {
		var values []T
		if text == "none" {
			*target = nil
			return nil
		}
		for _, part := range strings.Split(text, ",") {
			value, err := parse(strings.TrimSpace(part))
			if err != nil {
				return err
			}
			values = append(values, value)
		}
		*target = values
		return nil
	}
}

func parseSize(text string) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return 0, fmt.Errorf("%q is not a positive number", text)
	}
	return n, nil
}

func parseLatency(text string) (time.Duration, error) {
	latency, err := time.ParseDuration(text)
	if err != nil || latency < 0 {
		return 0, fmt.Errorf("%q is not a duration such as 50ms", text)
	}
	return latency, nil
}

// bench measures every size at every latency. Its error says which budgets were
// exceeded, after everything was measured, or what went wrong.
func bench(ctx context.Context, o options, out io.Writer) error {
	directory, err := os.MkdirTemp("", "signpath-bench-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(directory) //nolint:errcheck // Nothing is left to do about it.
	cli, err := newCLI(ctx, o, directory, modulePath)
	if err != nil {
		return err
	}
	var all []measurement
	printHeader(out)
	measured := func(m measurement) {
		all = append(all, m)
		printMeasurement(out, m)
	}
	for _, size := range o.sizes {
		if err := measureFloor(ctx, cli, size, measured); err != nil {
			return err
		}
		for _, latency := range o.latencies {
			if err := measureLife(ctx, cli, size, latency, measured); err != nil {
				return fmt.Errorf("%d users and entries at %s: %w", size, latency, err)
			}
		}
	}
	found := findings(all)
	if len(o.compared) > 0 {
		if err := compare(ctx, o, directory, func(f finding) { found = append(found, f) }); err != nil {
			return err
		}
	}
	printFindings(out, found)
	return exceeded(all)
}
