#!/usr/bin/env bash
# Puts the providers that `make build` built where Terraform and OpenTofu look for
# providers of a user, so that `init` takes them from there and from nowhere else.
#
#   tools/install.sh BIN DIRECTORY VERSION
#
# DIRECTORY is a filesystem mirror. A version between two tags counts as that of the
# tag before it: a CLI installs no pre-release that nobody names.
set -euo pipefail

[ $# -eq 3 ] || { echo "usage: tools/install.sh BIN DIRECTORY VERSION" >&2; exit 2; }
bin=$1 directory=$2 version=${3%%-*}
[[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]] || version=0.0.1
go=${GO:-go}
platform=$("$go" env GOOS)_$("$go" env GOARCH)

for program in "$bin"/terraform-provider-*; do
  name=$(basename "$program")
  for registry in registry.terraform.io registry.opentofu.org; do
    target=$directory/$registry/signpath-community/${name#terraform-provider-}/$version/$platform
    mkdir -p "$target"
    # Not over a program that is running.
    cp "$program" "$target/.new" && mv -f "$target/.new" "$target/${name}_v$version"
  done
  echo "installed ${name#terraform-provider-} $version in $directory"
done
