#!/bin/bash
# The quick look before a commit. Usage: check.sh
set -euo pipefail
. "$(dirname "$0")/env.sh"
mkdir -p ui/dist # the lints want the folder, not the page
cargo fmt --all --check
cargo clippy --workspace --all-targets --locked "${FEATURES[@]}" -- -D warnings
