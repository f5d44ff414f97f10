#!/usr/bin/env bash
# Runs GoReleaser with the programs that it calls, in the directory at hand. What is compiled there
# is compiled by the Go that `toolchain` in go.mod names, which Go gets by itself if it is another one.
#
#   tools/goreleaser.sh [--only PATTERN] COMMAND [ARGUMENT...]
#
# With --only, it makes the targets alone that an extended regular expression matches, such
# as linux_amd64. GoReleaser itself can release all platforms or, for money, some: so it gets its own
# configuration with the others left out.
set -euo pipefail
tools=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

usage() { echo "usage: tools/goreleaser.sh [--only PATTERN] COMMAND [ARGUMENT...]" >&2; exit 2; }

only=
if [ "${1-}" = --only ]; then
  [ $# -ge 2 ] || usage
  only=$2
  shift 2
fi
[ $# -ge 1 ] || usage

for program in git jq; do
  command -v "$program" >/dev/null || { echo "tools/goreleaser.sh: $program is not installed" >&2; exit 1; }
done
GOTOOLCHAIN=$(awk '$1 == "toolchain" { print $2 }' go.mod) # Of what packs, too.
export GOTOOLCHAIN
goreleaser=$("$tools/build.sh" release)
sbom=$("$tools/build.sh" sbom)
PATH=$(dirname "$sbom"):$PATH
# In the place of what the user has set for Go, which shows in what is built. The commit is in it, unless this
# is a trial in a checkout that git does not read.
GOFLAGS=-buildvcs=$(git rev-parse --verify --quiet HEAD >/dev/null 2>&1 && echo true || echo false)
GOWORK=off GOFIPS140=off
export PATH GOFLAGS GOWORK GOFIPS140
unset GOEXPERIMENT

config=.goreleaser.yml
if [ -n "$only" ]; then
  config=$(mktemp)
  trap 'rm -f "$config"' EXIT
  awk -v only="^($only)\$" '!/^      - [a-z]+_[a-z0-9]+$/ || $2 ~ only { print } $2 ~ only && /^      - / { found = 1 } END { exit !found }' \
    .goreleaser.yml >"$config" || { echo "tools/goreleaser.sh: there is no release for $only" >&2; exit 1; }
fi
"$goreleaser" "$1" --config "$config" "${@:2}"
