#!/bin/sh
# Reviews a plan, as terraform show -json prints it, on standard input. It ends with 0 if
# the plan may pass, with 2 if the rules deny it, and with 1 if it cannot be judged. For
# Jenkins, Atlantis and Spacelift; the guide "Reviews in other systems" shows how.
#
# Keep it, and what it is told by its environment, where no branch can write:
#
#   SIGNPATHCTL_VERSION, SIGNPATHCTL_SHA256   a release of signpathctl, and the sum of
#                                             signpathctl_VERSION_linux_amd64.tar.gz
#   SIGNPATH_RULES                            a file with rules, if there is one
#   SIGNPATH_ORGANIZATION_ID, SIGNPATH_API_TOKEN
#
# It needs curl and jq.
set -eu
umask 077

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The program is checked and used at once.
archive=$work/signpathctl_${SIGNPATHCTL_VERSION}_linux_amd64.tar.gz
releases=https://github.com/signpath-community/terraform-provider-signpath/releases/download
curl -fsSL --retry 3 -o "$archive" "$releases/v$SIGNPATHCTL_VERSION/${archive##*/}"
echo "$SIGNPATHCTL_SHA256  $archive" | sha256sum -c > /dev/null
tar -xzf "$archive" -C "$work" signpathctl

set --
if [ -n "${SIGNPATH_RULES:-}" ]; then set -- --rules "$SIGNPATH_RULES"; fi
status=0
"$work/signpathctl" review plan --live "$@" - > "$work/review.txt" 2> "$work/errors.txt" || status=$?

# A sign in place of whatever cannot be seen, so that no name can end a line, move the
# cursor or look like another one.
plain='gsub("(?!\\t)[\\p{C}\\p{Zl}\\p{Zp}\\p{Default_Ignorable_Code_Point}]"; "\uFFFD")'
jq -Rr "$plain" "$work/review.txt" "$work/errors.txt"
case $status in 0 | 2) exit "$status" ;; *) exit 1 ;; esac
