#!/usr/bin/env bash
# Puts the providers that `make build` built into a filesystem mirror, from which `init` of
# Terraform and OpenTofu takes them and from nowhere else, and signpathctl, if it is there, into
# a folder of programs. It prints what a CLI configuration has to say, where it has to say something.
#
#   tools/install.sh BUILT MIRROR PROGRAMS VERSION
#
# A version between two tags counts as that of the tag before it: a CLI installs no
# pre-release that nobody names.
set -euo pipefail

[ $# -eq 4 ] || { echo "usage: tools/install.sh BUILT MIRROR PROGRAMS VERSION" >&2; exit 2; }
built=$1 version=${4%%-*}
[[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]] || version=0.0.1
go=${GO:-go}
platform=$("$go" env GOOS)_$("$go" env GOARCH)

# folder FOLDER makes it, and prints where it is. A shell such as zsh leaves the ~ of MIRROR=~/folder as it is.
folder() {
  local path=$1
  case $path in \~/*) path=$HOME/${path:2} ;; esac
  mkdir -p "$path" && cd "$path" && pwd
}

mirror=$(folder "$2")
programs=$(folder "$3")

# put PROGRAM FILE, also over a program that is running.
put() {
  cp "$1" "$2.new" && mv -f "$2.new" "$2"
}

rebuilt=()
for program in "$built"/terraform-provider-*; do
  binary=$(basename "$program")
  name=${binary#terraform-provider-}
  for registry in registry.terraform.io registry.opentofu.org; do
    target=$mirror/$registry/signpath-community/$name/$version/$platform
    mkdir -p "$target"
    target=$target/${binary}_v$version
    if [ -e "$target" ] && ! cmp -s "$program" "$target" && [[ " ${rebuilt[*]-} " != *" signpath-community/$name "* ]]; then
      rebuilt+=("signpath-community/$name")
    fi
    put "$program" "$target"
  done
  echo "Installed $name $version in $mirror"
done
if [ -e "$built/signpathctl" ]; then
  put "$built/signpathctl" "$programs/signpathctl"
  echo "Installed signpathctl in $programs"
  case :$PATH: in
    *:"$programs":*) ;;
    *) printf '\nTo find it by its name, paste this into the terminal:\n\n  export PATH="%s:%s"\n' "$programs" "\$PATH" ;;
  esac
fi

# A folder whose lock file has the sum of another build refuses this one, also by `init -upgrade`.
if [ ${#rebuilt[@]} -gt 0 ]; then
  printf '\nThis version was there already, as another build. A folder that was initialized with that one says that this\n'
  printf "one doesn't match any of the checksums. There, run the line of each provider that it has, and init (tofu for OpenTofu):\n\n"
  for name in "${rebuilt[@]}"; do
    printf '  terraform providers lock -fs-mirror="%s" %s\n' "$mirror" "$name"
  done
  printf '  terraform init\n'
fi

# The file that a CLI reads, of those that have the block which says where providers are from.
configuration=
for file in "${TF_CLI_CONFIG_FILE-}" ~/.tofurc ~/.terraformrc; do
  if [ -n "$file" ] && grep -qs provider_installation "$file"; then
    configuration=$file
    break
  fi
done

quoted=${mirror//\\/\\\\}
quoted=${quoted//\"/\\\"}
if [ -n "$configuration" ] && grep -qF "\"$quoted\"" "$configuration"; then
  printf '\n%s names the mirror: terraform init and tofu init take the providers from there.\n' "$configuration"
elif [ -n "$configuration" ]; then
  printf '\n%s has a block provider_installation, so a CLI looks nowhere else.\n' "$configuration"
  printf 'Put the two lines in the middle into that block; a method that is there needs the same exclude:\n'
elif [ "$mirror" = ~/.terraform.d/plugins ]; then
  printf '\nTerraform and OpenTofu look in that mirror by themselves: terraform init and tofu init need nothing else.\n'
  printf 'Only where a CLI configuration has a block provider_installation, that needs the two lines in the middle:\n'
else
  printf '\nNo CLI looks there by itself. Put these four lines into your CLI configuration: ~/.terraformrc, or the file in TF_CLI_CONFIG_FILE.\n'
  printf 'Where there is a ~/.tofurc, OpenTofu reads that one:\n'
fi
cat <<END

provider_installation {
  filesystem_mirror { path = "$quoted", include = ["signpath-community/*"] }
  direct { exclude = ["signpath-community/*"] }
}
END
