#!/usr/bin/env bash
# Makes a release of the platform at hand as GoReleaser makes one of all, signs it
# with a key that lives as long as this script, checks the signature, and lets
# tools/snapshot try what came out. Nothing is published. It leaves dist/.
#
# It needs gpg, and $CLI from tools/with-cli.sh.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

command -v gpg >/dev/null || { echo "tools/snapshot.sh: gpg is not installed" >&2; exit 1; }
go=${GO:-go}

# The path of the agent's socket must be short.
work=$(TMPDIR=/tmp mktemp -d)
cleanup() {
  gpgconf --kill gpg-agent >/dev/null 2>&1 || true
  rm -rf "$work"
}
trap cleanup EXIT

# Not the user's own keys, agent and settings.
export GNUPGHOME=$work/gnupg
mkdir -m 700 "$GNUPGHOME"
gpg --batch --quiet --passphrase '' --quick-generate-key "Snapshot <snapshot@example.com>" rsa3072 sign 1d
GPG_FINGERPRINT=$(gpg --batch --with-colons --list-secret-keys | awk -F: '$1 == "fpr" { print $10; exit }')
export GPG_FINGERPRINT

tools/goreleaser.sh check
tools/goreleaser.sh --only "$("$go" env GOOS)_$("$go" env GOARCH)" release --snapshot --clean

sums=$(echo dist/*_SHA256SUMS)
gpg --batch --verify "$sums.sig" "$sums"
"$go" run ./tools/snapshot -dist dist -cli "$CLI"
