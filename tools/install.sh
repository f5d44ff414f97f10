#!/usr/bin/env bash
# Puts the providers that `make build` built into a filesystem mirror, from which `init` of
# Terraform and OpenTofu takes them and from nowhere else, and signpathctl, if it is there and runs here,
# into a folder of programs. It prints what a CLI configuration has to say, where it has to say something.
#
#   tools/install.sh BUILT MIRROR PROGRAMS VERSION
#
# A version between two tags counts as that of the tag before it: a CLI installs no
# pre-release that nobody names.
set -euo pipefail

[ $# -eq 4 ] || { echo "usage: tools/install.sh BUILT MIRROR PROGRAMS VERSION" >&2; exit 2; }
built=$1 version=${4#v}
version=${version%%-*}
[[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]] || version=0.0.1
go=${GO:-go}
platform=$("$go" env GOOS)_$("$go" env GOARCH) exe=$("$go" env GOEXE)

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

# versions NAME prints those of a provider that the mirror has for this platform, the oldest first.
versions() {
  local folder=$mirror/registry.terraform.io/signpath-community/$1 of
  for of in "$folder"/*/"$platform"; do
    basename "$(dirname "$of")"
  done | grep -E '^[0-9]+\.[0-9]+\.[0-9]+$' | sort -t. -k1,1n -k2,2n -k3,3n
}

rebuilt=() oldest=$version newest=
for program in "$built"/terraform-provider-*"$exe"; do
  binary=$(basename "$program" "$exe")
  [[ $binary != *.exe ]] || continue # What was built for Windows before.
  name=${binary#terraform-provider-}
  for registry in registry.terraform.io registry.opentofu.org; do
    target=$mirror/$registry/signpath-community/$name/$version/$platform
    mkdir -p "$target"
    target=$target/${binary}_v$version$exe
    if [ -e "$target" ] && ! cmp -s "$program" "$target" && [[ " ${rebuilt[*]-} " != *" signpath-community/$name "* ]]; then
      rebuilt+=("signpath-community/$name")
    fi
    put "$program" "$target"
  done
  oldest=$(versions "$name" | sed -n 1p) newest=$(versions "$name" | tail -n 1)
  echo "Installed $name $version in $mirror"
done
if [ -e "$built/signpathctl$exe" ]; then
  if [ "$platform" != "$("$go" env GOHOSTOS)_$("$go" env GOHOSTARCH)" ]; then
    echo "Left signpathctl in $built: it is for $platform"
  else
    put "$built/signpathctl$exe" "$programs/signpathctl$exe"
    echo "Installed signpathctl in $programs"
    case :$PATH: in
      *:"$programs":*) ;;
      *) printf '\nTo find it by its name, paste this into the terminal:\n\n  export PATH="%s:%s"\n' "$programs" "\$PATH" ;;
    esac
  fi
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

# An init takes the newest version, and that of the lock file where there is one. Neither says that there is another.
if [ "$newest" != "$version" ]; then
  printf '\nThe mirror has %s, too, which is newer: a new folder takes that one. To use %s instead, take the newer one away, and in a\n' "$newest" "$version"
  printf 'folder that has it, run terraform init -upgrade (tofu for OpenTofu):\n\n'
  printf '  rm -r "%s"/registry.*/signpath-community/*/%s\n' "$mirror" "$newest"
elif [ "$oldest" != "$version" ]; then
  printf '\nThe mirror has older versions, too. A folder that was initialized with one of them goes on with it, until this is run there\n'
  printf '(tofu for OpenTofu):\n\n  terraform init -upgrade\n'
fi

# read_by CLI prints the file of settings that it reads: https://developer.hashicorp.com/terraform/cli/config/config-file and
# https://opentofu.org/docs/cli/config/config-file/.
read_by() {
  local files=(~/.terraformrc) file
  [ "$1" = Terraform ] || files=(~/.tofurc ~/.terraformrc ${XDG_CONFIG_HOME:+"$XDG_CONFIG_HOME/opentofu/tofurc"})
  [ -z "${TF_CLI_CONFIG_FILE-}" ] || files=("$TF_CLI_CONFIG_FILE")
  for file in "${files[@]}"; do
    if [ -e "$file" ]; then
      printf '%s\n' "$file"
      break
    fi
  done
}

# tell CLIS FILE says what has to be done for those who read it, if it has to.
tell() {
  local s='' themselves=themselves inits="terraform init and tofu init" settings
  case $1 in
    Terraform) s=s themselves=itself inits="terraform init" ;;
    OpenTofu) s=s themselves=itself inits="tofu init" ;;
  esac
  settings=$([ -z "$2" ] || sed -E '/^[[:space:]]*(#|\/\/)/d' "$2")
  if [[ $settings == *provider_installation* && $settings == *"\"$quoted\""* ]]; then
    printf '\n%s names the mirror: %s' "$2" "$inits"
    printf ' %s the providers from there, unless an include, an exclude or a dev_overrides in it says otherwise.\n' "take$s"
  elif [[ $settings == *provider_installation* ]]; then
    printf '\n%s has a block provider_installation, so %s look%s nowhere else.\n' "$2" "$1" "$s"
    printf 'Put the two lines in the middle into that block; a method that is there needs the same exclude:\n'
  elif [ "$mirror" = "$(cd ~ && pwd)/.terraform.d/plugins" ]; then
    printf '\n%s look%s in that mirror by %s: %s need%s nothing else.\n' "$1" "$s" "$themselves" "$inits" "$s"
    printf 'Only where a CLI configuration has a block provider_installation, that needs the two lines in the middle:\n'
  else
    printf '\nNo CLI looks there by itself. Put these four lines into your CLI configuration: ~/.terraformrc, or the file in TF_CLI_CONFIG_FILE.\n'
    printf 'Where there is a ~/.tofurc, OpenTofu reads that one:\n'
  fi
}

quoted=${mirror//\\/\\\\}
quoted=${quoted//\"/\\\"}
terraform=$(read_by Terraform) tofu=$(read_by OpenTofu)
if [ "$terraform" = "$tofu" ]; then
  tell "Terraform and OpenTofu" "$terraform"
else
  tell Terraform "$terraform"
  tell OpenTofu "$tofu"
fi
cat <<END

provider_installation {
  filesystem_mirror { path = "$quoted", include = ["signpath-community/*"] }
  direct { exclude = ["signpath-community/*"] }
}
END
