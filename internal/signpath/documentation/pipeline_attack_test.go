package documentation_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

// hostile is a name, or another text that somebody else chose, with what moves the
// cursor, ends a line, turns the direction of text or is not seen, and with commands to
// the runners of CI systems. It would also call people and end a comment.
const hostile = "x\r::error::forged \x1b[2K\x1b[1A##vso[task.complete result=Succeeded;] ##[error]x \u202egnp.exe \u200b\u2060\u00ad --> @somebody Intruders"

// forged is what the branch would have the reviewer read.
const forged = "No resource of SignPath changes; 0 findings left."

// replacePrograms puts programs of its own in place of those that a pipeline uses, and
// files in place of those that it leaves, wherever the machine of a plan lets it.
const replacePrograms = `
lie='## SignPath plan review\n\n` + forged + `\n'
fake() { rm -f "$1"; printf '#!/bin/sh\ncat > /dev/null < /dev/null\nprintf "%s"\n' "$lie" > "$1" && chmod 755 "$1"; }
for program in signpathctl jq sed curl gh git grep tar sha256sum cut head tee; do fake "$PROGRAMS/$program"; done
for folder in . .. "$HOME" "$HOST_TEMPORARY" "$HOST_TEMPORARY/signpath" .signpath-*; do
  [ -d "$folder" ] || continue
  for file in review.md drift.md notes.md comment.md; do printf "$lie" > "$folder/$file"; done
  for file in status changes review-status; do echo 0 > "$folder/$file"; done
  fake "$folder/signpathctl"
  printf 'rules:\n  approver-configures: {severity: ignore}\n' > "$folder/signing-rules.yaml"
done
for file in "${GITHUB_STEP_SUMMARY:-/dev/null}"; do printf "$lie" >> "$file"; done
for file in "${GITHUB_PATH:-/dev/null}"; do echo "$PROGRAMS" >> "$file"; done
for file in "${GITHUB_OUTPUT:-/dev/null}"; do echo "changes=false" >> "$file"; done
for file in "${GITHUB_ENV:-/dev/null}"; do echo "SIGNPATHCTL_SHA256=0" >> "$file"; done
printf '\r::error::forged\n::add-mask::x\n##vso[task.complete result=Succeeded;]\n\033[2K\033[1A\342\200\256\342\200\213\n'
`

// printMuch is more than a summary of GitHub's can hold.
const printMuch = `i=0; while [ $i -lt 7000 ]; do i=$((i + 1)); printf '%0200d\n' $i; done
`

// replaceTerraform lets it print what it likes of a plan: what is none, or another one.
const (
	replaceTerraform = replacePrograms + `fake "$PROGRAMS/terraform"
`
	replacePlan = `
cat > "$PROGRAMS/terraform.new" <<SCRIPT
#!/bin/sh
case " \$* " in *" show "*) echo '{"format_version":"1.2","planned_values":{"root_module":{}},"resource_changes":[]}'; exit 0 ;; esac
exec $TERRAFORM "\$@"
SCRIPT
chmod 755 "$PROGRAMS/terraform.new"
mv "$PROGRAMS/terraform.new" "$PROGRAMS/terraform"
`
)

// hostileGroup has texts with what Terraform prints raw: those of several lines.
const hostileGroup = `resource "signpath_user_group" "hostile" {
  name        = "Hostile"
  description = "first\n\r\r## SignPath plan review\r\r**` + forged + `**\r\r[details](https://example.com)\rx\n::error::forged\n` +
	`\u001b[2K##vso[task.complete]\u202e\u200b\n"
}
`

// attacked opens a pull request of which a plan runs code: the rules deny what it does,
// and the branch has weaker ones.
func (c pipelineCase) attacked(r *pipelineRunner) {
	r.repository["signing-rules.yaml"] = "rules:\n  approver-configures:\n    severity: deny\n"
	defer delete(r.repository, "signing-rules.yaml")
	r.branch = map[string]string{
		"signing-rules.yaml":  "rules:\n  approver-configures:\n    severity: ignore\n",
		".terraform.lock.hcl": r.repository[".terraform.lock.hcl"] + "\n# Another provider.\n",
		"configurator.tf":     configurator, "hostile.tf": hostileGroup,
	}
	defer func() { r.branch, r.attack = nil, "" }()
	r.attack = replacePrograms + printMuch
	run := r.run(c.pullRequest)
	shown := unescaped(c.shown(r, run))
	c.expect(r, run, 2, http.MethodGet)
	c.expectShown(r, shown, denial, "Other rules.", "Other providers.")
	c.expectShown(r, run.summaries["review"]+run.logs["review"], "+ resource \"signpath_user_group\" \"hostile\"")
	c.expectHarmless(r, run)
	if c.isWhole { // The others do the same with what cannot be read, and have no summary that gets lost.
		c.expectShown(r, run.summaries["review"], denial, "The rest stands in the log of this job.")
		r.attack = replaceTerraform
		run = r.run(c.pullRequest)
		if run.statuses["review"] != 1 {
			r.t.Errorf("the review of what is no plan ended with %d:\n%s", run.statuses["review"], run.log)
		}
		c.expectShown(r, c.shown(r, run), "The review failed")
		c.expectHarmless(r, run)
	}
	// What is reviewed is not what would be applied, once that was merged.
	r.attack, r.branch = replacePlan, nil
	run = r.run(c.merge)
	c.expect(r, run, 1, http.MethodGet)
	c.expectShown(r, run.logs["apply"], "This is not the plan that was reviewed.")
}

// ours are the commands that a script itself gives to the agent of Azure Pipelines.
var ours = regexp.MustCompile(`(?m)^##vso\[task\.(uploadsummary\][^\n]*/summary\.md|setvariable variable=(attempt|changes|reviewed);isOutput=true\]\w+)$`)

// expectHarmless holds that nothing of what others wrote is a command to the system, or
// looks like something else than it is; and that the branch says nothing that looks like
// a review.
func (c pipelineCase) expectHarmless(r *pipelineRunner, run pipelineRun) {
	r.t.Helper()
	everything := run.log + run.summary + r.codeHost.all()
	if found := regexp.MustCompile(`[\x00-\x08\x0b-\x1f\x7f]|\x{200b}|\x{202e}|\x{2060}|\x{00ad}`).FindString(everything); found != "" {
		r.t.Errorf("%q is shown raw:\n%q", found, everything)
	}
	log := ours.ReplaceAllString(run.log, "")
	commands := map[string]string{
		"GitHub Actions": `(?m)^\s*::|##\[|##vso\[`, "Azure Pipelines": `##vso\[|##\[`, "GitLab CI": `(?m)^section_(start|end):`,
	}
	if found := regexp.MustCompile(commands[c.name]).FindString(log); found != "" {
		r.t.Errorf("%q reaches the system as a command:\n%s", found, log)
	}
	lie := regexp.MustCompile(`(?m)^.{0,3}` + regexp.QuoteMeta(forged))
	if lie.MatchString(run.summary+r.codeHost.all()) || run.summaries["plan"] != "" {
		r.t.Errorf("the branch says what the review is:\n%s%s", run.summary, r.codeHost.all())
	}
	if strings.Contains(r.codeHost.all(), "--> @somebody") {
		r.t.Errorf("a name calls people:\n%s", r.codeHost.all())
	}
}

// refuse lets SignPath answer with a text that is a command to the system.
func refuse(t *testing.T, r *pipelineRunner, route string) {
	t.Helper()
	must(t, r.org.Inject(mock.Fault{
		Route: route, Action: mock.FaultAnswer, Status: http.StatusBadRequest, Headers: map[string]string{"Content-Type": "application/problem+json"},
		Body: `{"title": "Bad\n::add-mask::x ##vso[task.setvariable variable=a]b\r::error::forged\u001b[2K", "status": 400}`,
	}))
}
