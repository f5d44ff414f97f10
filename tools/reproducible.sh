#!/usr/bin/env bash
# Makes the release of the commit at hand for this platform twice, and fails unless each archive and
# each list of contents has the same bytes. The two are made in folders of other paths, with another
# time zone, other permissions for new files, another home and other settings for Go; the second one
# compiles everything anew. It prints the digest of both: that of the file with the sums.
#
#   tools/reproducible.sh [shared]
#
# With shared, the second one takes what is compiled from Go's build cache, which saves minutes. Then a
# compiler that does not do the same twice would go unnoticed.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"

cache=${1-}
if [ $# -gt 1 ] || [ "${cache:-shared}" != shared ]; then
  echo "usage: tools/reproducible.sh [shared]" >&2
  exit 2
fi
go=${GO:-go}
target=$("$go" env GOOS)_$("$go" env GOARCH)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# release FOLDER makes a release in a clone, and copies the sums to FOLDER.sums. A commit without a tag
# gets one there.
release() {
  git clone --quiet . "$1"
  git -C "$1" checkout --quiet --detach "$(git rev-parse HEAD)"
  git -C "$1" describe --tags --exact-match --match 'v*' >/dev/null 2>&1 || git -C "$1" -c tag.gpgSign=false tag v0.0.1
  (cd "$1" && "$root/tools/goreleaser.sh" --only "$target" release --clean --skip=sign,publish >"$work/log" 2>&1) ||
    { cat "$work/log" >&2; exit 1; }
  cp "$1"/dist/*_SHA256SUMS "$1.sums"
}

release "$work/one"

# What Go and GoReleaser keep is found as before, but for what is compiled.
GOMODCACHE=$("$go" env GOMODCACHE) GOCACHE=$("$go" env GOCACHE)
[ -n "$cache" ] || GOCACHE=$work/cache
export GOMODCACHE GOCACHE
mkdir -p "$work/another/home" "$work/another/long path"
printf 'go 1.26\n' >"$work/another/go.work"
(
  export HOME=$work/another/home TZ=Pacific/Kiritimati GOFLAGS=-tags=another GOEXPERIMENT=jsonv2 GOAMD64=v3
  umask 077
  release "$work/another/long path/two"
)

diff "$work/one.sums" "$work/another/long path/two.sums" >&2 || { echo "not reproducible: these files differ" >&2; exit 1; }
cat "$work/one.sums"
echo "two builds of $(git rev-parse HEAD) for $target, one digest: $(sha256sum <"$work/one.sums" | cut -d ' ' -f 1)"
