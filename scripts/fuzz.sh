#!/bin/bash
# Throws made-up input at every target of tests/fuzz for a share of SECONDS each, guided by coverage (libFuzzer on the stable
# compiler). The last line is JSON: {"executions","crashes"}; the exit status is 0 only without a crash.
# Usage: fuzz.sh [SECONDS=n] [TARGETS="flickr x ..."]   An input that crashes is printed and kept in OUT/crashes/TARGET.
set -euo pipefail
. "$(dirname "$0")/env.sh"
seconds=210 targets=
for pair in "$@"; do
  case $pair in
  SECONDS=*) seconds=${pair#*=} ;;
  TARGETS=*) targets=${pair#*=} ;;
  *) fail "usage: fuzz.sh [SECONDS=n] [TARGETS=\"flickr x ...\"]" ;;
  esac
done
seconds=${seconds:-210}
[[ $seconds =~ ^[1-9][0-9]*$ ]] || fail "SECONDS is a number of seconds, one or more."
if [ -z "$targets" ]; then targets=$(ls tests/fuzz/corpus); fi

# Seconds, megabytes and bytes that one input may take; more is a crash.
slow=20 memory=1024 longest=65536

have cargo || scripts/setup.sh demo >&2
mkdir -p ui/dist
RUSTC_WORKSPACE_WRAPPER=$ROOT/scripts/instrumented-rustc.sh \
  cargo build --quiet -p pierrot-fuzz --features libfuzzer --locked >&2
out=$CARGO_TARGET_DIR/fuzz
read -ra names <<<"$(tr '\n' ' ' <<<"$targets")"
share=$(((seconds + ${#names[@]} - 1) / ${#names[@]}))
executions=0 crashes=0

for name in "${names[@]}"; do
  found=$out/found/$name kept=$out/crashes/$name log=$out/$name.log
  rm -rf "$kept"
  mkdir -p "$found" "$kept"
  PIERROT_FUZZ=$name "$CARGO_TARGET_DIR/debug/pierrot-fuzz" "$found" "tests/fuzz/corpus/$name" \
    -max_total_time="$share" -timeout="$slow" -rss_limit_mb="$memory" -max_len="$longest" \
    -artifact_prefix="$kept/" -print_final_stats=1 >"$log" 2>&1 && ended=0 || ended=$?
  runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log" | tail -1)
  runs=${runs:-$(sed -n 's/^#\([0-9]*\).*/\1/p' "$log" | tail -1)}
  executions=$((executions + ${runs:-0}))
  say "$name: ${runs:-0} inputs, coverage $(sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$log" | tail -1)" >&2
  if [ "$ended" != 0 ]; then
    crashes=$((crashes + 1))
    tail -25 "$log" >&2
    for input in "$kept"/*; do
      [ -f "$input" ] || continue
      printf '%s:\n' "$input" >&2
      head -c 400 "$input" | od -A d -t x1z >&2
    done
  fi
done
printf '{"executions":%s,"crashes":%s}\n' "$executions" "$crashes"
[ "$crashes" = 0 ]
