#!/bin/bash
# Builds the programs and runs one proof; its last line is a JSON object, its exit status 0 only if nothing was violated.
# Usage: proof.sh NAME [KEY=VALUE...]   An empty value is the default. PIERROT_PROFILE=release builds optimised.
set -euo pipefail
. "$(dirname "$0")/env.sh"
[ $# -gt 0 ] || fail "usage: proof.sh NAME [KEY=VALUE...]"
name=$1
shift
given=() store=folder
for pair in "$@"; do
  [ -n "${pair#*=}" ] || continue
  given+=("$pair")
  case $pair in STORE=*) store=${pair#*=} ;; esac
done

have cargo || scripts/setup.sh demo >&2
mkdir -p ui/dist # the build wants the folder, not the page
profile=${PIERROT_PROFILE:-dev}
cargo build --quiet --workspace --bins --locked --profile "$profile" "${FEATURES[@]}" >&2
folder=$CARGO_TARGET_DIR/$profile
if [ "$profile" = dev ]; then folder=$CARGO_TARGET_DIR/debug; fi

beside=()
if [ "$name" = contest ] && [ "$store" != folder ]; then
  if [ "$store" = moto ] && [ ! -x .tools/venv/bin/python ]; then scripts/setup.sh test >&2; fi
  [ -x "scripts/with-$store.sh" ] || fail "STORE=$store is not known here."
  beside=("scripts/with-$store.sh")
fi
exec "${beside[@]}" "$folder/pierrot-proof" "$name" "${given[@]}"
