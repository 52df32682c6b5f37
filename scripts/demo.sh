#!/bin/bash
# Builds Pierrot and shows its main job against made-up photos and loopback servers; sends nothing to anyone.
# Usage: demo.sh [ARGUMENTS FOR pierrot demo...]
set -euo pipefail
. "$(dirname "$0")/env.sh"
scripts/setup.sh demo

npm --prefix ui run --silent build -- --logLevel warn
programs=(--bin pierrot)
if has_display; then programs+=(--bin pierrot-desktop); fi
say "building (the first time takes several minutes, then seconds)"
cargo build --locked "${FEATURES[@]}" "${programs[@]}"

exec "$CARGO_TARGET_DIR/debug/pierrot" demo "$@"
