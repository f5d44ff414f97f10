#!/usr/bin/env bash
# Walks through a baseline for access that no API can change, with a real Terraform or
# OpenTofu: a table of what somebody saw, a change, its run-book, an attestation, and a
# review at night. Nothing is sent to anybody. Each step says what to look at, and the
# script fails if a step is not as told.
#
# It needs bin/ from `make build`, and $CLI from tools/with-cli.sh. It leaves nothing
# behind.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
work=$(mktemp -d)

stop() {
  local status=$?
  if [ "$status" -ne 0 ]; then
    [ ! -s "$work/output" ] || cat "$work/output" >&2
    printf '\nThe demo failed.\n' >&2
  fi
  rm -rf "$work"
}
trap stop EXIT

bold='' plain=''
if [ -t 1 ]; then
  bold=$(printf '\033[1m') plain=$(printf '\033[0m')
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

# terraform and signpathctl show what a reader would type, and keep what is printed in
# $work/output. ends does so, too, and fails if the exit code is another one.
terraform() { run terraform "$CLI" "$@"; }
signpathctl() { run signpathctl "$root/bin/signpathctl" "$@"; }

run() { # NAME PROGRAM ARGUMENT...
  local name=$1 program=$2
  shift 2
  printf '\n   $ %s %s\n\n' "$name" "$*"
  TF_CLI_ARGS=-no-color "$program" "$@" >"$work/output" 2>&1
}

ends() { # EXIT-CODE COMMAND...
  local want=$1 status=0
  shift
  "$@" || status=$?
  [ "$status" -eq "$want" ] || fail "$1 answered $status, not $want"
  ended="   Exit code: $status"
}

show() { cut -c 1-150 | sed -e 's/^\(.\)/   \1/'; }
lines() { grep -E -- "$1" "$work/output" | show; }
# part shows what stands from one line to the next empty one.
part() { awk -v from="$1" 'index($0, from) { on = 1 } on && /^$/ { exit } on' "$work/output" | show; }
expect() { tr -s ' \n' ' ' <"$work/output" | grep -qF -- "$1" || fail "the output does not say \"$1\""; }

# planned keeps a plan as JSON, as a pipeline would.
planned() { # ARGUMENT...
  TF_CLI_ARGS=-no-color "$CLI" plan "$@" -out plan.bin >"$work/output" 2>&1
  "$CLI" show -json plan.bin >plan.json
  printf '\n   $ terraform plan %s\n   $ terraform show -json plan.bin > plan.json\n' "${*:+$* }-out plan.bin"
}

cat >"$work/cli.tfrc" <<EOF
provider_installation {
  dev_overrides {
    "signpath-community/signicat" = "$root/bin"
  }
  direct {}
}
EOF
export TF_CLI_CONFIG_FILE=$work/cli.tfrc CHECKPOINT_DISABLE=1 TF_IN_AUTOMATION=1
today=$(date -u +%F)
cd "$work"
cat >provider.tf <<'EOF'
terraform {
  required_providers {
    signicat = { source = "signpath-community/signicat" }
  }
}
EOF

printf '%sAccess that no API can change: a demonstration%s\n' "$bold" "$plain"
printf 'A baseline of Signicat, with %s. Nothing is sent to Signicat.\n' "$("$CLI" version | head -n 1)"

step "Somebody looks, and writes down what is there" \
  "There is nothing to import: no API lists who has access. The table becomes a" \
  "configuration, attested by the person who looked."
cat >observed.csv <<EOF
place,role,principal,seen_on
organisation,Organisation Admin,user:org.admin@example.com,$today
organisation,Organisation Admin,user:second.admin@example.com,$today
account:shop,Usage Viewer,user:qa.lead@example.com,$today
EOF
show <observed.csv
signpathctl baseline from-csv observed.csv --vendor signicat --organization 4711 --by user:security.officer@example.com --out main.tf
sed -n '/^  grants/,/^  }/p' main.tf | show
terraform apply -auto-approve
expect '1 added, 0 changed, 0 destroyed.'
lines '^Apply complete!'
ends 0 terraform plan -detailed-exitcode
expect 'No changes.'
lines '^No changes'
printf '%s\n' "$ended"

step "A change names people, and says what inheritance makes of it" \
  "It is reviewed like any other. The heading says whose work it is."
sed -e 's/second.admin@example.com/new.admin@example.com/' main.tf >changed.tf && mv changed.tf main.tf
planned
signpathctl review plan plan.json
expect 'user:new.admin@example.com gains "Organisation Admin"'
part 'A person has to do this; the apply does not'

step "The run-book: an order that locks nobody out" \
  "Give, wait until all who stay administrators have logged in, and only then take. Each" \
  "step says who can do it, and on which page of Signicat's that stands."
signpathctl runbook plan.json
expect 'Wait until user:new.admin@example.com and user:org.admin@example.com have accepted'
lines '^- \[ \] '

step "The apply records it, and no plan says that all is well" \
  "Nobody has done anything yet. So the next plan is not empty, and a plan that only" \
  "refreshes has signpathctl review drift, which says since when."
terraform apply plan.bin
expect '0 added, 1 changed, 0 destroyed.'
lines '^Apply complete!'
ends 2 terraform plan -detailed-exitcode
lines 'confirmation'
printf '%s\n' "$ended"
planned -refresh-only
ends 2 signpathctl review drift plan.json
expect "outstanding since $today"
lines 'NOT CONFIRMED'
printf '%s\n' "$ended"

step "Somebody looks again, and saw something else" \
  "The old administrator is still there. It is told by name, and stays outstanding."
sed -e 's/second.admin/new.admin/' observed.csv >seen.csv
grep second.admin observed.csv >>seen.csv
mv seen.csv observed.csv
ends 2 terraform plan -detailed-exitcode
expect 'user:second.admin@example.com has "Organisation Admin" at the organisation and should not.'
lines '"user:second.*and should not'
printf '%s\n' "$ended"

step "Access is as it should be, and somebody attests it" \
  "With a commit: the rows, the name and the day. From now on the plan is empty again."
grep -v second.admin observed.csv >seen.csv
mv seen.csv observed.csv
planned
signpathctl review plan plan.json
expect 'it confirms the baseline'
part 'Who attests that access is so'
terraform apply plan.bin
lines '^Apply complete!'
ends 0 terraform plan -detailed-exitcode
lines '^No changes'
printf '%s\n' "$ended"

step "For the auditor: what should be, as transcribed by whom and when"
"$CLI" show -json >state.json
signpathctl review baseline state.json
expect 'Confirmed: as transcribed by user:security.officer@example.com'
{ part 'What access should be' && part 'Signicat, organisation 4711' && part 'ACCESS AS IT SHOULD BE'; }

step "In half a year nobody has looked again"
later=$(date -u -d '+200 days' +%F 2>/dev/null || date -u -v+200d +%F)
signpathctl review baseline state.json --at "$later"
expect 'OVERDUE'
lines 'OVERDUE'

step "Destroy takes access from nobody, and says so"
terraform destroy -auto-approve
expect 'Nobody loses anything at Signicat'
expect 'Destroy complete! Resources: 1 destroyed.'
lines '^Nobody loses anything|^Destroy complete!'

printf '\n%sAll %d steps were as told.%s\n' "$bold" "$steps" "$plain"
