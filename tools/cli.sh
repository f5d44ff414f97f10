#!/usr/bin/env bash
# Finds a Terraform or OpenTofu CLI for a task, and prints its absolute path.
#
#   tools/cli.sh terraform [MINIMUM]   Terraform, MINIMUM or newer (default 1.14)
#   tools/cli.sh any [MINIMUM]         Terraform or OpenTofu, MINIMUM or newer (default 1.11)
#   tools/cli.sh terraform-1.11        Terraform 1.11, the oldest that has write-only attributes
#   tools/cli.sh opentofu [MINIMUM]    OpenTofu, MINIMUM or newer (default 1.12)
#
# It takes the first of these:
#   1. the path in TF_CLI_PATH (for terraform and any) or TOFU_CLI_PATH (for
#      opentofu). If that one does not fit, this is an error: what was asked for
#      by name must not be swapped silently.
#   2. every terraform or tofu on PATH, in order. One that does not run, or is too
#      old, is passed over.
#   3. the pinned version, built from source by tools/build.sh into .tools/ and
#      reused from then on. It takes some minutes, and works where there is a Go
#      module proxy but no download of a release.
#
# Only the path goes to standard output.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

say() { printf 'tools/cli.sh: %s\n' "$*" >&2; }

usage() {
  printf 'usage: tools/cli.sh terraform [MINIMUM] | any [MINIMUM] | terraform-1.11 | opentofu [MINIMUM]\n' >&2
  exit 2
}

# run_limited COMMAND...: a wrapper on PATH that wants to download its real
# binary must not hold us up for ever.
run_limited() {
  if command -v timeout >/dev/null 2>&1; then
    timeout 20 "$@"
  else
    "$@"
  fi
}

# identify PATH prints "<product> <version>", for example "terraform 1.15.0" or
# "tofu 1.12.6", and fails if the file does not run or is neither.
identify() {
  local output line
  output=$(cd / && TF_CLI_CONFIG_FILE=/dev/null CHECKPOINT_DISABLE=1 run_limited "$1" version </dev/null 2>/dev/null) || return 1
  line=$(grep -E -m 1 '^(Terraform|OpenTofu) v[0-9]+\.[0-9]+\.[0-9]+' <<<"$output") || return 1
  case $line in
    Terraform*) printf 'terraform %s\n' "${line#Terraform v}" ;;
    OpenTofu*) printf 'tofu %s\n' "${line#OpenTofu v}" ;;
  esac
}

# at_least VERSION MINIMUM compares by number. A pre-release of the minimum
# itself is not enough.
at_least() {
  awk -v have="$1" -v want="$2" 'BEGIN {
    split(have, parts, /[-+ ]/)
    split(parts[1], h, "."); split(want, w, ".")
    for (i = 1; i <= 3; i++) if (h[i] + 0 != w[i] + 0) exit !(h[i] + 0 > w[i] + 0)
    exit have ~ /-/
  }'
}

# misfit PATH prints why the CLI does not do for the task, or nothing.
misfit() {
  local identity product version
  identity=$(identify "$1") || { echo "does not run as Terraform or OpenTofu"; return; }
  product=${identity%% *} version=${identity#* }
  case " $products " in
    *" $product "*) ;;
    *) echo "is $product, but the task needs: $products"; return ;;
  esac
  if ! at_least "$version" "$minimum"; then
    echo "is version $version, but the task needs $minimum or newer"
  elif [ -n "$below" ] && at_least "$version" "$below"; then
    echo "is version $version, but the task needs one below $below"
  fi
}

# absolute PATH, which names a file that exists.
absolute() { printf '%s/%s\n' "$(cd "$(dirname "$1")" && pwd)" "$(basename "$1")"; }

if [ $# -lt 1 ] || [ $# -gt 2 ]; then usage; fi
below=
case $1 in
  terraform) products="terraform" minimum=${2:-1.14} pinned=terraform explicit=TF_CLI_PATH ;;
  any) products="terraform tofu" minimum=${2:-1.11} pinned=terraform explicit=TF_CLI_PATH ;;
  terraform-1.11) products="terraform" minimum=1.11 below=1.12 pinned=terraform-1.11 explicit= ;;
  opentofu) products="tofu" minimum=${2:-1.12} pinned=opentofu explicit=TOFU_CLI_PATH ;;
  *) usage ;;
esac
[[ $minimum =~ ^[0-9]+(\.[0-9]+){0,2}$ ]] || usage

if [ -n "$explicit" ] && [ -n "${!explicit:-}" ]; then
  candidate=${!explicit}
  [ -f "$candidate" ] || { say "$explicit names $candidate, which is not a file"; exit 1; }
  candidate=$(absolute "$candidate")
  reason=$(misfit "$candidate")
  [ -z "$reason" ] || { say "$explicit names $candidate, which $reason"; exit 1; }
  printf '%s\n' "$candidate"
  exit 0
fi

for product in $products; do
  while IFS= read -r candidate; do
    candidate=$(absolute "$candidate")
    reason=$(misfit "$candidate")
    if [ -z "$reason" ]; then
      printf '%s\n' "$candidate"
      exit 0
    fi
    say "passed over $candidate, which $reason"
  done < <(type -aP "$product" || true)
done

path=$("$root/tools/build.sh" "$pinned")
reason=$(misfit "$path")
[ -z "$reason" ] || { say "the pinned $path $reason"; exit 1; }
printf '%s\n' "$path"
