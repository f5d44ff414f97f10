#!/usr/bin/env bash
# Puts the companion for Windows that SignPath has signed into the place of the one that was
# just built, if it is the same but for the signature. GoReleaser runs it after each build of the
# companion, before anything is packed, so that archive, SBOM and sums are of the signed one.
#
#   tools/signed-companion.sh PATH
#
# SIGNED_COMPANION is the folder with the signed programs, laid out as in dist. Without it, and for other
# systems, nothing happens.
set -euo pipefail

[ $# -eq 1 ] || { echo "usage: tools/signed-companion.sh PATH" >&2; exit 2; }
case $1 in
  *.exe) [ -n "${SIGNED_COMPANION-}" ] || exit 0 ;;
  *) exit 0 ;;
esac
# It runs here, whatever is built.
exec env -u GOOS -u GOARCH "${GO:-go}" run ./tools/authenticode "$1" \
  "$SIGNED_COMPANION/$(basename "$(dirname "$1")")/$(basename "$1")"
