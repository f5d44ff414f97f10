#!/usr/bin/env bash
# Builds a pinned tool from its module under tools/ into .tools/, and prints the
# path of its binary. A binary that is already there and still fits is reused.
#
#   tools/build.sh terraform        .tools/terraform-<version>/terraform
#   tools/build.sh terraform-1.11   .tools/terraform-<version>/terraform
#   tools/build.sh opentofu         .tools/opentofu-<version>/tofu
#   tools/build.sh docs             .tools/tfplugindocs
#   tools/build.sh lint             .tools/golangci-lint
#   tools/build.sh actionlint       .tools/actionlint
#   tools/build.sh changelog        .tools/changie
#   tools/build.sh release          .tools/goreleaser
#   tools/build.sh time             .tools/terraform-provider-time
#   tools/build.sh sbom             .tools/cyclonedx-gomod
#   tools/build.sh vuln             .tools/govulncheck
#
# The versions stand in each module's go.mod and nowhere else. Only the path goes
# to standard output, so that a caller can take it with $(...).
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
go=${GO:-go}

say() { printf '%s\n' "$*" >&2; }

usage() {
  say "usage: tools/build.sh terraform | terraform-1.11 | opentofu | docs | lint | actionlint | changelog | release | sbom | time | vuln"
  exit 2
}

[ $# -eq 1 ] || usage
tool=$1
module_dir=$root/tools/$tool

# Per tool: the module that holds the program, the program's package in it, what
# the binary is called, and the arguments that make it print its version.
case $tool in
  terraform | terraform-1.11)
    module=github.com/hashicorp/terraform package=$module binary=terraform version_command=version
    # Without the flag a build from source calls itself a development version.
    ldflags="-s -w -X $module/version.dev=no"
    ;;
  opentofu)
    module=github.com/opentofu/opentofu package=$module/cmd/tofu binary=tofu version_command=version
    ldflags="-s -w -X $module/version.dev=no"
    ;;
  docs)
    module=github.com/hashicorp/terraform-plugin-docs package=$module/cmd/tfplugindocs
    binary=tfplugindocs version_command=--version ldflags="-s -w"
    ;;
  lint)
    module=github.com/golangci/golangci-lint/v2 package=$module/cmd/golangci-lint
    binary=golangci-lint version_command=version ldflags="-s -w"
    ;;
  actionlint)
    module=github.com/rhysd/actionlint package=$module/cmd/actionlint
    binary=actionlint version_command=-version ldflags="-s -w"
    ;;
  changelog)
    module=github.com/miniscruff/changie package=$module
    binary=changie version_command=--version ldflags="-s -w"
    ;;
  release)
    module=github.com/goreleaser/goreleaser/v2 package=$module
    binary=goreleaser version_command=--version ldflags="-s -w"
    ;;
  time)
    module=github.com/hashicorp/terraform-provider-time package=$module
    binary=terraform-provider-time version_command=-help ldflags="-s -w"
    ;;
  sbom)
    module=github.com/CycloneDX/cyclonedx-gomod package=$module/cmd/cyclonedx-gomod
    binary=cyclonedx-gomod version_command=version ldflags="-s -w"
    ;;
  vuln)
    # Its version would ask the database for one, too.
    module=golang.org/x/vuln package=$module/cmd/govulncheck
    binary=govulncheck version_command=-h ldflags="-s -w"
    ;;
  *) usage ;;
esac

version=$(awk -v m="$module" '$1 == "require" {$1 = ""; $0 = $0} $1 == m && $2 ~ /^v[0-9]/ {print $2; exit}' \
  "$module_dir/go.mod")
version=${version#v}
[ -n "$version" ] || { say "tools/build.sh: no version of $module in $module_dir/go.mod"; exit 1; }

case $tool in
  terraform*) target=$root/.tools/terraform-$version/$binary ;;
  opentofu) target=$root/.tools/opentofu-$version/$binary ;;
  *) target=$root/.tools/$binary ;;
esac

# What a binary was made from. The Terraform builds share the stand-ins for its
# remote state backends.
inputs() {
  local LC_ALL=C files=("$module_dir/go.mod" "$module_dir/go.sum")
  case $tool in
    terraform*) files+=("$root"/tools/terraform/stubs/*/*.* "$root"/tools/terraform/stubs/*/*/*.*) ;;
  esac
  cat "${files[@]}" | cksum
}

# A binary may come from another machine by way of a cache or a mount, so that it
# is there and unchanged does not say that it runs.
fits() {
  [ -x "$target" ] && [ -f "$target.inputs" ] && [ "$(cat "$target.inputs")" = "$(inputs)" ] &&
    (cd / && TF_CLI_CONFIG_FILE=/dev/null CHECKPOINT_DISABLE=1 "$target" $version_command </dev/null >/dev/null 2>&1)
}

if fits; then
  printf '%s\n' "$target"
  exit 0
fi

mkdir -p "$root/.tools"

# Several targets may want the tool at once. The lock spares them a second build
# where there is flock; the rename below keeps the binary whole in any case.
if command -v flock >/dev/null 2>&1; then
  exec 9>"$root/.tools/.$tool.lock"
  if ! flock -n 9; then
    say "waiting for another build of $tool"
    flock 9
  fi
  if fits; then
    printf '%s\n' "$target"
    exit 0
  fi
fi

say "building $tool $version (once; some minutes)"
began=$SECONDS
work=$(mktemp -d "$root/.tools/.build-XXXXXX")
trap 'rm -rf "$work"' EXIT

# The tool runs on this machine, whatever the caller builds for. A go.work of the
# caller must not add its modules. The lock is not handed on: the go command may
# leave a process behind.
env -u GOOS -u GOARCH GOWORK=off "$go" build -C "$module_dir" -trimpath -ldflags="$ldflags" \
  -o "$work/$binary" "$package" </dev/null >&2 9>&-

inputs >"$work/inputs"
mkdir -p "$(dirname "$target")"
mv -f "$work/$binary" "$target"
mv -f "$work/inputs" "$target.inputs"
fits || { say "tools/build.sh: $target was built but does not run"; exit 1; }
say "built $tool $version in $((SECONDS - began)) s"
printf '%s\n' "$target"
