#!/bin/bash
# Times the looks beside the tools photographers use: same input, same output format, alternately, median CPU seconds.
# Usage: bench-looks.sh [thumb|dither|mosaic|all] [RUNS]   The table of docs/performance.md comes from this.
set -euo pipefail
. "$(dirname "$0")/env.sh"
part=${1:-all} runs=${2:-5}
peers=(libvips-tools imagemagick pngquant metapixel python3-numpy python3-pil python3-scipy)
missing=()
for package in "${peers[@]}"; do
  [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)" = installed ] || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
  say "installing the peers: ${missing[*]}"
  sudo=$([ "$(id -u)" = 0 ] || echo sudo)
  $sudo apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi
if [ -z "${PIERROT_PROGRAM:-}" ]; then
  cargo build --release -p pierrot-cli --locked
  PIERROT_PROGRAM=$CARGO_TARGET_DIR/release/pierrot
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
say "drawing the photographs"
/usr/bin/python3 scripts/bench_looks.py draw "$work"
for each in thumb dither mosaic; do
  if [ "$part" = all ] || [ "$part" = "$each" ]; then
    /usr/bin/python3 scripts/bench_looks.py "$each" "$work" "$PIERROT_PROGRAM" "$runs"
  fi
done
