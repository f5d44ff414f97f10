#!/usr/bin/env bash
# Walks through the provider's main job with a real Terraform or OpenTofu, against
# the mock server: plan, apply, an empty plan, a typo, drift and who made it,
# healing, export, destroy. Each step says what to look at, and the script fails if
# a step is not as told. DIALECT lets the mock deviate from the assumed API, which
# shows nowhere.
#
# It needs bin/ from `make build`, and $CLI from tools/with-cli.sh. It leaves
# nothing behind.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
work=$(mktemp -d)
mock=

stop() {
  local status=$?
  if [ -n "$mock" ]; then
    kill "$mock" 2>/dev/null || true
    wait "$mock" 2>/dev/null || true
  fi
  if [ "$status" -ne 0 ]; then
    [ ! -s "$work/output" ] || cat "$work/output" >&2
    printf '\nThe demo failed.\n' >&2
  fi
  rm -rf "$work"
}
trap stop EXIT

# Its output depends on nothing but what is shown: no ports or ids, nothing in the
# order in which Terraform happens to walk, and no time but that at which somebody
# clicked.
bold='' plain='' green='' red='' yellow=''
if [ -t 1 ]; then
  bold=$(printf '\033[1m') plain=$(printf '\033[0m')
  green=$(printf '\033[32m') red=$(printf '\033[31m') yellow=$(printf '\033[33m')
fi

steps=0
step() { # HEADING WHAT-TO-LOOK-AT...
  steps=$((steps + 1))
  printf '\n%s%d. %s%s\n' "$bold" "$steps" "$1" "$plain"
  shift
  [ $# -eq 0 ] || printf '   %s\n' "$@"
}

fail() {
  printf '\nNot as told: %s\n' "$1" >&2
  exit 1
}

# terraform shows what a reader would type, runs the CLI, and keeps what it prints in
# $work/output, of which the functions below show a part.
terraform() { run terraform "$CLI" "$@"; }

signpathctl() { run signpathctl "$root/bin/signpathctl" "$@"; }

run() { # NAME PROGRAM ARGUMENT...
  local name=$1 program=$2
  shift 2
  printf '\n   $ %s %s\n\n' "$name" "$*"
  TF_CLI_ARGS=-no-color "$program" "$@" >"$work/output" 2>&1
}

# show indents standard input and colours it as the CLI does.
show() {
  awk -v green="$green" -v red="$red" -v yellow="$yellow" -v plain="$plain" '
    /^ +\+ / { print "   " green $0 plain; next }
    /^ +- /  { print "   " red $0 plain; next }
    /^ +~ /  { print "   " yellow $0 plain; next }
    { print $0 == "" ? "" : "   " $0 }'
}

# changes shows what the plan says of each resource: one line, and all of it for those
# whose address fits the pattern.
changes() { # PATTERN
  { plan_changes "$1"; echo; } | cat -s | show
}

plan_changes() {
  awk -v pattern="$1" '
    /^  # / {
      whole = $0 ~ pattern
      if (whole && seen) print ""
      seen = 1
      print
      next
    }
    whole
    whole && /^    }$/ { print ""; whole = 0 }' "$work/output"
}

lines() { grep -E -- "$1" "$work/output" | show; }

# messages shows the errors and warnings of the provider, but not where in the
# configuration they belong: those that fit the pattern, because many come in any order.
messages() { # [PATTERN]
  awk -v pattern="${1:-.}" '/^(Error|Warning): / { on = !/development overrides/ && $0 ~ pattern }
    /^(Apply|Destroy) complete!|^Planning failed|^\(and / { on = 0 }
    on && /^  (with|on) |^ +[0-9]+: / { skip = 1; next }
    skip && /^$/ { skip = 0; next }
    on' "$work/output" | cat -s | sed -e '$ { /^$/d; }' | show
}

expect() { grep -qF -- "$1" "$work/output" || fail "the output does not say \"$1\""; }
refuse() { ! grep -qF -- "$1" "$work/output" || fail "the output says \"$1\""; }

control() { # METHOD PATH [BODY]: asks the mock's control endpoint
  curl -fsS -X "$1" "$controls$2" ${3:+--data "$3"}
}

# approvers prints who may approve releases of project A at SignPath, one a line.
approvers() {
  control GET "members?project=project-a&policy=release-signing&list=approvers" | sed -n 's/^ *"\([a-z_]*:.*\)".*$/\1/p'
}

show_approvers() {
  printf '\n   Approvers of project-a/release-signing at SignPath:\n'
  approvers | sed 's/^/     /'
}

# --- The organization and the provider ---------------------------------------

"$root/bin/signpathctl" mock ${DIALECT:+--dialect "$DIALECT"} --env-file "$work/env" >"$work/mock.log" 2>&1 &
mock=$!
for _ in $(seq 100); do
  [ -s "$work/env" ] && break
  kill -0 "$mock" 2>/dev/null || { cat "$work/mock.log" >&2; fail "the mock server did not start"; }
  sleep 0.1
done
# shellcheck source=/dev/null
. "$work/env"
controls=${SIGNPATH_API_URL%/Api}/_mock/

cat >"$work/cli.tfrc" <<EOF
provider_installation {
  dev_overrides {
    "signpath-community/signpath" = "$root/bin"
  }
  direct {}
}
EOF
export TF_CLI_CONFIG_FILE=$work/cli.tfrc CHECKPOINT_DISABLE=1 TF_IN_AUTOMATION=1

cp "$root"/examples/complete/*.tf "$work/"
cd "$work"

printf '%sTerraform provider for SignPath: a demonstration%s\n' "$bold" "$plain"
printf 'examples/complete, with %s, against a mock SignPath.\n' "$("$CLI" version | head -n 1)"

# --- The main job ------------------------------------------------------------

step "The plan names people" \
  "Who may sign and who may approve, by name, before anything changes. The CI users" \
  "do not exist yet. Shown in full are the lists of project A's signing policies."
terraform plan -out plan.bin
expect '+ "ci_user:project-a"'
expect '+ "user:release.manager@example.com"'
expect 'Plan: 14 to add, 0 to change, 0 to destroy.'
changes 'signing_policy_.*project-a'
lines '^Plan:'

step "The apply makes it so"
terraform apply plan.bin
expect '14 added, 0 changed, 0 destroyed.'
lines '^Apply complete!'
show_approvers
approvers | grep -q release.manager@example.com || fail "SignPath does not have the approvers"

step "The next plan is empty" \
  "What SignPath has is what the configuration says."
terraform plan -detailed-exitcode || fail "the second plan is not empty"
expect 'No changes.'
lines '^No changes'

step "A misspelled member is an error in the plan" \
  "Nothing changes, and the error says who was probably meant."
cat >typo.tf <<'EOF'
resource "signpath_project_reader" "typo" {
  project = "project-a"
  member  = "user:release.manger@example.com"
}
EOF
! terraform plan || fail "the plan takes a misspelled member"
expect 'Error: Unknown member'
messages
rm typo.tf

step "Somebody clicks" \
  "An administrator makes outsider@example.com an approver, in the web application."
control POST members '{"project":"project-a","policy":"release-signing","list":"approvers",
  "add":["user:outsider@example.com"],"actor":"user:org.admin@example.com"}' >/dev/null
show_approvers

step "The drift check finds it" \
  "The only change is the outsider, and exit code 2 lets a pipeline raise the alarm."
status=0
terraform plan -detailed-exitcode || status=$?
[ "$status" -eq 2 ] || fail "plan -detailed-exitcode answered $status, not 2"
expect '- "user:outsider@example.com"'
expect 'Plan: 0 to add, 1 to change, 0 to destroy.'
refuse '+ "user:'
changes approvers
lines '^Plan:'
printf '   Exit code: %s\n' "$status"
printf '\n   The audit log tells who it was, and when:\n'
TF_CLI_ARGS=-no-color "$CLI" plan -refresh-only -out drift.bin >"$work/output" 2>&1
"$CLI" show -json drift.bin >drift.json
printf '\n   $ terraform %s\n' 'plan -refresh-only -out drift.bin' 'show -json drift.bin > drift.json'
status=0
signpathctl review drift drift.json --live || status=$?
[ "$status" -eq 2 ] || fail "review drift answered $status, not 2"
expect '1 change outside Terraform: 1 added.'
expect 'user:outsider@example.com was added to the approvers of project-a/release-signing by '
lines 'outside Terraform$' | sed 's/^     - /   /'

step "The apply heals it" \
  "The outsider is off the list, and nobody else is."
terraform apply -auto-approve
expect '0 added, 1 changed, 0 destroyed.'
lines '^Apply complete!'
show_approvers
! approvers | grep -q outsider || fail "the outsider is still an approver"
approvers | grep -q security.officer@example.com || fail "an approver was lost"

step "What exists becomes configuration" \
  "The whole organization, as files with import blocks. Their plan only imports."
signpathctl export organization
lines '^[0-9]+ files' | sed 's/ Next: .*//'
terraform -chdir=organization plan
expect ' to import, 0 to add, 0 to change, 0 to destroy.'
lines '^Plan:'
printf '\n   From %s:\n\n' organization/project-project-a.tf
sed -n '/^resource "signpath_signing_policy_approvers"/,/^}/p' organization/project-project-a.tf | sed 's/^/   /'

step "Destroy takes back what was given" \
  "The lists give up their members. Users are deactivated: look at the warning."
terraform destroy -auto-approve
expect 'Users are deactivated, not deleted'
expect 'Destroy complete! Resources: 14 destroyed.'
messages 'Users are deactivated'
echo
lines '^Destroy complete!'
[ -z "$(approvers)" ] || fail "the destroy left approvers"

printf '\n%sAll %d steps were as told.%s\n' "$bold" "$steps" "$plain"
