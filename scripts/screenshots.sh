#!/bin/bash
# Draws every screen, light and dark, into docs/screenshots, from a demo with 600 sample photos. Usage: screenshots.sh
set -euo pipefail
. "$(dirname "$0")/env.sh"

scripts/setup.sh test
npm --prefix ui run --silent build
cargo build --workspace --locked "${FEATURES[@]}"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
PIERROT_SCREENSHOTS=$work scripts/browser-tests.sh --project=screenshots
mkdir -p docs/screenshots
for picture in "$work"/*.png; do
  convert "$picture" -resize 1600x -define webp:method=6 -quality 82 "docs/screenshots/$(basename "$picture" .png).webp"
done
large=$(find docs/screenshots -name '*.webp' -size +250k)
[ -z "$large" ] || fail "too large for the documents: $large"
say "docs/screenshots has $(find docs/screenshots -name '*.webp' | wc -l) pictures, $(du -sh docs/screenshots | cut -f1)"
