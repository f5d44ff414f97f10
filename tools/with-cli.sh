#!/usr/bin/env bash
# Runs a command with the Terraform or OpenTofu CLI that it needs, and with the
# user's own settings of that CLI out of the way.
#
#   tools/with-cli.sh CLI [MINIMUM] -- COMMAND [ARGUMENT...]
#
# CLI and MINIMUM are as for tools/cli.sh. The command finds the CLI
#   - as $CLI, an absolute path;
#   - as $TF_ACC_TERRAFORM_PATH, which the acceptance tests read;
#   - on PATH under its own name, for programs that look there.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

wanted=()
while [ $# -gt 0 ] && [ "$1" != -- ]; do
  wanted+=("$1")
  shift
done
if [ ${#wanted[@]} -eq 0 ] || [ $# -lt 2 ]; then
  printf 'usage: tools/with-cli.sh CLI [MINIMUM] -- COMMAND [ARGUMENT...]\n' >&2
  exit 2
fi
shift

CLI=$("$root/tools/cli.sh" "${wanted[@]}")
export CLI
export TF_ACC_TERRAFORM_PATH=$CLI

# A settings file that is missing makes OpenTofu print a warning to standard
# output, where plugin-testing looks for a version. One that is there may name
# other mirrors or a development build of this provider.
export TF_CLI_CONFIG_FILE=/dev/null
# The CLI asks a public host about updates otherwise.
export CHECKPOINT_DISABLE=1

product=terraform
case $("$CLI" version) in
  OpenTofu*)
    product=tofu
    # Each CLI takes providers without a host from its own registry; plugin-testing
    # must name the one of this CLI. Nothing is fetched from there.
    export TF_ACC_PROVIDER_HOST=registry.opentofu.org
    ;;
esac

# The file may be called terraform_1.15 or so.
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
ln -s "$CLI" "$directory/$product"
export PATH=$directory:$PATH

"$@"
