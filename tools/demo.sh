#!/usr/bin/env bash
# Walks through the provider's main job with a real Terraform or OpenTofu, against
# the mock server: plan, apply, an empty plan, drift, healing, destroy. Each step
# says what to look at, and the script fails if a step is not as told.
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
  rm -rf "$work"
  [ "$status" -eq 0 ] || printf '\nThe demo failed.\n' >&2
}
trap stop EXIT

if [ -t 1 ]; then
  bold=$(printf '\033[1m') plain=$(printf '\033[0m') color=
else
  bold='' plain='' color=-no-color
fi

steps=0
step() {
  steps=$((steps + 1))
  printf '\n%s%d. %s%s\n   %s\n\n' "$bold" "$steps" "$1" "$plain" "$2"
}

fail() {
  printf '\nNot as told: %s\n' "$1" >&2
  exit 1
}

# terraform runs the CLI, keeps what it prints in $work/output, and shows it
# without the lines that say what is being read, and without the notice that a
# development build is in use.
terraform() {
  local status=0
  "$CLI" "$@" ${color:+"$color"} >"$work/output" 2>&1 || status=$?
  awk '/^$/ { blank++; next }
    /: (Refreshing state|Reading)\.\.\.|: Read complete after/ { next }
    /development overrides are in effect/ { skip = 1 }
    skip && /releases\./ { skip = 0; closing = 1; blank = 0; next }
    skip { next }
    closing && /╵/ { closing = 0; next }
    /^╷$/ { held = $0; next }
    { closing = 0
      if (blank && printed) print ""
      printed = 1; blank = 0
      if (held != "") { print held; held = "" }
      print }' "$work/output"
  return "$status"
}

expect() { grep -qF -- "$1" "$work/output" || fail "the output does not say \"$1\""; }
refuse() { ! grep -qF -- "$1" "$work/output" || fail "the output says \"$1\""; }

control() { # METHOD PATH [BODY]: asks the mock's control endpoint
  curl -fsS -X "$1" "$controls$2" ${3:+--data "$3"}
}

approvers() { control GET "members?project=project-a&policy=release-signing&list=approvers"; }

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

printf 'examples/complete, with %s, against a mock SignPath organization at %s\n' "$("$CLI" version | head -n 1)" "$SIGNPATH_API_URL"

# --- The main job ------------------------------------------------------------

step "The plan names people" \
  "Look at members: \"ci_user:project-a\" may submit, \"user:release.manager@example.com\" may approve. The CI users do not exist yet."
terraform plan -out plan.bin
expect '+ "ci_user:project-a"'
expect '+ "user:release.manager@example.com"'
expect 'Plan: 14 to add, 0 to change, 0 to destroy.'

step "The apply makes it so" "Look at the end: 14 added."
terraform apply plan.bin
expect '14 added, 0 changed, 0 destroyed.'
approvers | grep -q release.manager@example.com || fail "SignPath does not have the approvers"

step "A second plan is empty" "What SignPath holds is what the configuration says."
terraform plan -detailed-exitcode || fail "the second plan is not empty"
expect 'No changes.'

step "Somebody clicks: outsider@example.com becomes a release approver" \
  "An administrator adds the person in SignPath's web application, outside Terraform."
control POST members '{"project":"project-a","policy":"release-signing","list":"approvers",
  "add":["user:outsider@example.com"],"actor":"user:org.admin@example.com"}' >/dev/null
approvers

step "The drift check finds it" \
  "plan -detailed-exitcode answers 2, and the only change is: - \"user:outsider@example.com\"."
status=0
terraform plan -detailed-exitcode || status=$?
[ "$status" -eq 2 ] || fail "plan -detailed-exitcode answered $status, not 2"
expect '- "user:outsider@example.com"'
expect 'Plan: 0 to add, 1 to change, 0 to destroy.'
refuse '+ "user:'
printf '\n   exit code: %s\n' "$status"

step "The apply heals it" "The outsider is off the list, and nobody else is."
terraform apply -auto-approve
expect '0 added, 1 changed, 0 destroyed.'
approvers
approvers | grep -q outsider && fail "the outsider is still an approver"
approvers | grep -q security.officer@example.com || fail "an approver was lost"

step "Destroy takes back what was given" \
  "The lists give up their members. Users are deactivated, because SignPath's API cannot delete them: look at the warning."
terraform destroy -auto-approve
expect 'Users are deactivated, not deleted'
expect 'Destroy complete! Resources: 14 destroyed.'
approvers | grep -q '"members": *\[\]' || fail "the destroy left approvers"

printf '\n%sAll %d steps were as told.%s\n' "$bold" "$steps" "$plain"
