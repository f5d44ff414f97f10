package testkit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// A Terraform is a working directory in which a test plans and applies: in process,
// or with a CLI. A case that is written for it can run either way.
type Terraform interface {
	// Write writes a file of the configuration.
	Write(name, content string)
	// Plan validates, refreshes and plans.
	Plan(options Options) Result
	// Apply does the same and applies, or applies a saved plan.
	Apply(options Options) Result
	// Import takes an object into the state by its id, and Forget out of it.
	Import(address, id string) Result
	Forget(address string)
	// Objects are what the state has.
	Objects() []Object
	// Begin puts a state there that Keep has returned.
	Begin(state any)
	Keep() any
}

// A Result is what came of a command.
type Result struct {
	// Said is everything that was said: each warning and error with its summary and
	// detail.
	Said string
	// Diagnostics are the warnings and errors. A CLI does not tell everything of them.
	Diagnostics Diagnostics
	// Err is set if the command failed.
	Err error
	// Summary counts what the plan does.
	Summary Summary
	// Changes tells whether the plan changes anything, an output too.
	Changes bool
}

// A Summary counts what a plan will do, as its last line does.
type Summary struct{ Add, Change, Import, Remove int }

// plannedSummary is a Summary as a CLI tells it, of the plan or of the apply.
type plannedSummary struct {
	Summary
	Operation string
}

func (r Result) String() string { return fmt.Sprintf("%s\n(error: %v)", r.Said, r.Err) }

// inProcess is a Terraform that is a driver.
type inProcess struct {
	*Driver
	t     *testing.T
	files map[string]string
	saved map[string]*Plan
}

// InProcess makes a working directory of a driver.
func InProcess(t *testing.T, d *Driver) Terraform {
	return &inProcess{Driver: d, t: t, files: map[string]string{}, saved: map[string]*Plan{}}
}

func (p *inProcess) Write(name, content string) { p.files[name] = content }

func (p *inProcess) source() string {
	var all strings.Builder
	for _, name := range slices.Sorted(maps.Keys(p.files)) {
		if strings.HasSuffix(name, ".tf") {
			all.WriteString(p.files[name] + "\n")
		}
	}
	return all.String()
}

func (p *inProcess) Plan(options Options) Result {
	plan, err := p.Driver.Plan(p.source(), options)
	if options.Out != "" {
		p.saved[options.Out] = plan
	}
	return p.result(plan, plan.Said, err)
}

func (p *inProcess) Apply(options Options) Result {
	if options.Saved == "" {
		run, err := p.Driver.Apply(p.source(), options)
		return p.result(run.Plan, run.Said, err)
	}
	plan := p.saved[options.Saved]
	if plan == nil {
		p.t.Fatalf("no plan was saved as %s", options.Saved)
	}
	diags, err := p.ApplyPlan(plan)
	return p.result(plan, diags, err)
}

func (p *inProcess) result(plan *Plan, said Diagnostics, err error) Result {
	r := Result{Said: said.String(), Diagnostics: said, Err: err}
	if err != nil && len(said) == 0 {
		r.Said = err.Error()
	}
	for _, c := range plan.Changes {
		switch {
		case c.Action.replaces():
			r.Summary.Add++
			r.Summary.Remove++
		case c.Action == Create:
			r.Summary.Add++
		case c.Action == Update:
			r.Summary.Change++
		case c.Action == Delete:
			r.Summary.Remove++
		}
		if c.Importing {
			r.Summary.Import++
		}
	}
	if err == nil {
		r.Changes = !p.isEmpty(plan)
	}
	r.Said += plan.String()
	return r
}

func (p *inProcess) Import(address, id string) Result {
	said, err := p.Driver.Import(p.source(), address, id)
	return Result{Said: said.String(), Diagnostics: said, Err: err}
}

func (p *inProcess) Forget(address string) { Must(p.t, p.State.Remove(address)) }

func (p *inProcess) Objects() []Object { return p.State.Objects() }
func (p *inProcess) Begin(state any)   { p.State = state.(*State).Clone() }
func (p *inProcess) Keep() any         { return p.State.Clone() }

// Plan implements [Terraform].
func (w *Workspace) Plan(options Options) Result {
	w.t.Helper()
	return w.do("plan", "-detailed-exitcode", options)
}

// Apply implements [Terraform].
func (w *Workspace) Apply(options Options) Result {
	w.t.Helper()
	return w.do("apply", "-auto-approve", options)
}

// arguments are those of the command line.
func (o Options) arguments() []string {
	var all []string
	if o.Saved == "" {
		all = append(all, fmt.Sprintf("-refresh=%t", !o.NoRefresh))
	}
	if o.Destroy {
		all = append(all, "-destroy")
	}
	if o.RefreshOnly {
		all = append(all, "-refresh-only")
	}
	if o.Out != "" {
		all = append(all, "-out="+o.Out)
	}
	for name, value := range o.Variables {
		all = append(all, "-var="+name+"="+value)
	}
	for _, address := range o.Replace {
		all = append(all, "-replace="+address)
	}
	if o.Saved != "" {
		all = append(all, o.Saved)
	}
	return all
}

// do runs a command that tells what it does in lines of JSON. It is not terraform-exec
// that runs it, because that asks each CLI for its version first.
func (w *Workspace) do(command, flag string, options Options) Result {
	w.t.Helper()
	var lines, complaints bytes.Buffer
	run := w.Command(w.CLI, append([]string{command, "-json", flag}, options.arguments()...)...)
	run.Stdout, run.Stderr = &lines, &complaints
	var r Result
	var exit *exec.ExitError
	switch err := run.Run(); {
	case errors.As(err, &exit) && flag == "-detailed-exitcode" && exit.ExitCode() == 2:
		r.Changes = true
	case err != nil:
		r.Err = fmt.Errorf("%s: %w\n%s", command, err, &complaints)
	default:
		r.Changes = command == "apply"
	}
	decoder := json.NewDecoder(bytes.NewReader(lines.Bytes()))
	for decoder.More() {
		var line struct {
			Type       string          `json:"type"`
			Message    string          `json:"@message"`
			Changes    *plannedSummary `json:"changes"`
			Diagnostic struct{ Severity, Summary, Detail, Address string }
		}
		if err := decoder.Decode(&line); err != nil {
			r.Said += lines.String()
			break
		}
		if line.Type == "diagnostic" {
			d := Diagnostic{
				Warning: line.Diagnostic.Severity == "warning", Summary: line.Diagnostic.Summary, Detail: line.Diagnostic.Detail, Address: line.Diagnostic.Address,
			}
			r.Diagnostics = append(r.Diagnostics, d)
			r.Said += d.String() + "\n"
			continue
		}
		if line.Changes != nil && line.Changes.Operation == "plan" {
			r.Summary = line.Changes.Summary
		}
		r.Said += line.Message + "\n"
	}
	return r
}

// Import implements [Terraform].
func (w *Workspace) Import(address, id string) Result {
	w.t.Helper()
	said, exitCode := w.Run("import", address, id)
	if exitCode != 0 {
		return Result{Said: said, Err: fmt.Errorf("import ends with %d", exitCode)}
	}
	return Result{Said: said}
}

// Forget implements [Terraform].
func (w *Workspace) Forget(address string) {
	w.t.Helper()
	w.MustRun("state", "rm", address)
}

// Objects implements [Terraform].
func (w *Workspace) Objects() []Object {
	w.t.Helper()
	content := w.Read("terraform.tfstate")
	if content == "" {
		return nil
	}
	var state struct {
		Resources []struct {
			Mode, Type, Name string
			Instances        []struct {
				IndexKey   any `json:"index_key"`
				Status     string
				Deposed    string
				Private    []byte
				Identity   map[string]any
				Attributes map[string]any
			}
		}
	}
	if err := json.Unmarshal([]byte(content), &state); err != nil {
		w.t.Fatal(err)
	}
	var all []Object
	for _, r := range state.Resources {
		for _, i := range r.Instances {
			if r.Mode != "managed" {
				continue
			}
			address := r.Type + "." + r.Name
			if i.IndexKey != nil {
				key, err := json.Marshal(i.IndexKey)
				if err != nil {
					w.t.Fatal(err)
				}
				address += "[" + string(key) + "]"
			}
			all = append(all, Object{
				Address: address, Values: i.Attributes, Identity: i.Identity, Private: i.Private,
				Tainted: i.Status == "tainted", Deposed: i.Deposed != "",
			})
		}
	}
	return all
}

// Begin implements [Terraform].
func (w *Workspace) Begin(state any) {
	w.t.Helper()
	w.Write("terraform.tfstate", state.(string))
}

// Keep implements [Terraform].
func (w *Workspace) Keep() any { w.t.Helper(); return w.Read("terraform.tfstate") }
