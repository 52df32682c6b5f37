#!/bin/bash
# Measures with the optimised build. Usage: bench.sh [ARGUMENTS FOR cargo bench...]
set -euo pipefail
. "$(dirname "$0")/env.sh"
mkdir -p ui/dist
cargo bench --workspace --locked "${FEATURES[@]}" "$@"
