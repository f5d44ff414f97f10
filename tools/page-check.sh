#!/usr/bin/env bash
# Tests the HTML page of `signpathctl review org` in a headless Chromium: see
# tools/page. With a folder as argument, it leaves screenshots there.
#
#   tools/page-check.sh [FOLDER]
#
# It needs Go and npm, which gets the accessibility rules of axe-core. Where it runs
# as root, or sudo asks for no password, on Debian, it installs Chromium and npm
# itself. The browser is the test's, and ends with it.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
go=${GO:-go}
screenshots=
if [ $# -gt 0 ]; then
  mkdir -p "$1"
  screenshots=$(cd "$1" && pwd)
fi

say() { printf '%s\n' "$*" >&2; }

find_chromium() { command -v chromium || command -v chromium-browser || command -v google-chrome; }

# install_missing adds the programs that are not here.
install_missing() {
  local packages=() sudo=()
  find_chromium >/dev/null || packages+=(chromium)
  command -v npm >/dev/null || packages+=(npm)
  [ ${#packages[@]} -gt 0 ] || return 0

  if [ "$(id -u)" -ne 0 ]; then
    sudo=(sudo -n)
  fi
  command -v apt-get >/dev/null || { say "tools/page-check.sh: install ${packages[*]}"; exit 1; }
  say "installing ${packages[*]}"
  { "${sudo[@]}" apt-get update &&
    "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${packages[@]}"; } >/dev/null ||
    { say "tools/page-check.sh: could not install ${packages[*]}"; exit 1; }
}

# axe prints the path of axe-core, of the version and with the hash in tools/page.
axe() {
  local target=$root/.tools/axe-core
  if ! cmp -s "$root/tools/page/package-lock.json" "$target/package-lock.json" ||
    [ ! -f "$target/node_modules/axe-core/axe.min.js" ]; then
    mkdir -p "$target"
    cp "$root/tools/page/package.json" "$target/"
    cp "$root/tools/page/package-lock.json" "$target/"
    npm --prefix "$target" ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2
  fi
  printf '%s\n' "$target/node_modules/axe-core/axe.min.js"
}

install_missing
chromium=$(find_chromium)
axe=$(axe)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
signpathctl=${TEST_PROGRAMS:-$work}/signpathctl
[ -n "${TEST_PROGRAMS-}" ] || "$go" build -C "$root" -buildvcs=false -o "$signpathctl" ./cmd/signpathctl
"$go" -C "$root/tools/page" test -count=1 -timeout 10m . \
  -args -signpathctl "$signpathctl" -chromium "$chromium" -axe "$axe" -screenshots "$screenshots"
