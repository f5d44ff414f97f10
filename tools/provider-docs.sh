#!/usr/bin/env bash
# Writes the documentation of one of the providers of further vendors, in the folder
# that a release repository of its own can take.
#
#   tools/provider-docs.sh NAME TITLE           writes providers/NAME/docs
#   tools/provider-docs.sh NAME TITLE validate  looks at it instead
#
# It needs $CLI from tools/with-cli.sh.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

name=$1 title=$2
tfplugindocs=$(tools/build.sh docs)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# tfplugindocs builds the provider of the folder that it is in. This one is elsewhere, so it
# is given the schema.
mkdir "$work/bin" "$work/empty"
"${GO:-go}" build -buildvcs=false -o "$work/bin/" "./cmd/terraform-provider-$name"
tools/install.sh "$work/bin" "$work/mirror" "$work/programs" 0.0.1 >"$work/log"
printf 'provider_installation {\n  filesystem_mirror {\n    path = "%s"\n  }\n}\n' "$work/mirror" >"$work/cli.tfrc"
printf 'terraform {\n  required_providers {\n    %s = {\n      source = "signpath-community/%s"\n    }\n  }\n}\n' "$name" "$name" >"$work/empty/main.tf"
export TF_CLI_CONFIG_FILE=$work/cli.tfrc
"$CLI" -chdir="$work/empty" init -no-color >>"$work/log" || { cat "$work/log" >&2; exit 1; }
"$CLI" -chdir="$work/empty" providers schema -json |
  # tfplugindocs knows providers by this source alone.
  sed "s|\"registry.terraform.io/signpath-community/$name\"|\"registry.terraform.io/hashicorp/$name\"|" >"$work/schema.json"

arguments=(--provider-dir "providers/$name" --provider-name "$name" --providers-schema "$work/schema.json")
if [ "${3-}" = validate ]; then
  "$tfplugindocs" validate "${arguments[@]}"
else
  "$tfplugindocs" generate "${arguments[@]}" --rendered-provider-name "$title"
  # The page has no template: tfplugindocs removes it, so it is written after.
  mkdir -p "providers/$name/docs/guides"
  "${GO:-go}" run "./internal/$name/verified" "providers/$name/docs/guides/what-is-verified.md"
fi
