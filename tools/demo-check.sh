#!/usr/bin/env bash
# Runs the demo in the default dialect of the mock server and in another one, shows
# the first, and fails if the second shows anything else: what SignPath's answers
# look like, which is not documented, must make no difference to a user.
#
# It needs bin/ from `make build`, and $CLI from tools/with-cli.sh.
set -euo pipefail

# Bare ids as members, and an Edit that replaces, are the default.
dialect=wrapped-lists,summary-lists,plain-text-errors

demo=$(dirname "${BASH_SOURCE[0]}")/demo.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# shown leaves out what differs from run to run: ids, ports, times, and the order
# in which Terraform works on what does not depend on each other.
shown() {
  sed -E -e 's/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/ID/g' -e 's/127\.0\.0\.1:[0-9]+/HOST/g' \
    -e 's/after [0-9]+s/after TIME/' -e 's/at ([0-9-]{10} )?[0-9]{2}:[0-9]{2} UTC/at TIME/' -e 's/[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]+Z/TIME/g' "$1" | sort
}

# Each waits for one program at a time, so both run at once.
DIALECT=$dialect "$demo" >"$work/other" 2>&1 &
other=$!
status=0
DIALECT='' "$demo" | tee "$work/default" || status=$?
wait "$other" || { cat "$work/other"; exit 1; }
[ "$status" -eq 0 ] || exit "$status"
shown "$work/default" >"$work/default.shown"
shown "$work/other" >"$work/other.shown"
diff -u "$work/default.shown" "$work/other.shown" || {
  printf '\nIn the dialect %s the demo shows something else.\n' "$dialect" >&2
  exit 1
}
printf '\nIn the dialect %s it shows the same.\n' "$dialect"
