#!/usr/bin/env bash
# Lets libsodium open what the provider seals for GitHub: see tools/sealed-box. It runs the
# test that goes from the token to a stand-in of GitHub's API, on the CLI of TF_ACC_TERRAFORM_PATH.
#
#   tools/sealed-box-check.sh
#
# It needs Go, and npm, which gets libsodium. Where it runs as root, or sudo asks for no
# password, on Debian, it installs npm itself.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
go=${GO:-go}
mkdir -p "$root/.tools/libsodium"
target=$(cd "$root/.tools/libsodium" && pwd -P) # Behind a symbolic link, npm does not find its lock file.

say() { printf '%s\n' "$*" >&2; }

install_npm() {
  local sudo=()
  if command -v npm >/dev/null; then return 0; fi
  if [ "$(id -u)" -ne 0 ]; then sudo=(sudo -n); fi
  command -v apt-get >/dev/null || { say "tools/sealed-box-check.sh: install npm"; exit 1; }
  say "installing npm"
  { "${sudo[@]}" apt-get update &&
    "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends npm; } >/dev/null ||
    { say "tools/sealed-box-check.sh: could not install npm"; exit 1; }
}

# Of the version and with the hashes in tools/sealed-box.
if ! cmp -s "$root/tools/sealed-box/package-lock.json" "$target/package-lock.json" || [ ! -d "$target/node_modules/libsodium-wrappers" ]; then
  install_npm
  cp "$root/tools/sealed-box/package.json" "$root/tools/sealed-box/package-lock.json" "$target/"
  npm --prefix "$target" ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2
fi
cp "$root/tools/sealed-box/open.mjs" "$target/"
"$go" -C "$root" test -vet=off -count=1 -timeout 10m ./internal/signpath/provider -run '^TestCLITokenReachesGitHub$' -args -libsodium "$target/open.mjs"
