# Sourced by the other scripts: where the tools are that setup.sh brought, and where cargo builds.
# shellcheck shell=bash

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$ROOT" || exit 1
export CARGO_HOME=${CARGO_HOME:-$HOME/.cargo} RUSTUP_HOME=${RUSTUP_HOME:-$HOME/.rustup}
export PATH="$ROOT/.tools/node/node_modules/node/bin:$CARGO_HOME/bin:$PATH"
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$ROOT/target}

# One feature set for every cargo call: another list would build the big libraries again.
FEATURES=(--features custom-protocol)

say() { printf '%s: %s\n' "$(basename "$0" .sh)" "$*"; }
fail() {
  printf '%s: %s\n' "$(basename "$0" .sh)" "$*" >&2
  exit 1
}
have() { command -v "$1" >/dev/null 2>&1; }
has_display() { [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; }
browser() { command -v chromium || command -v google-chrome || command -v chromium-browser; }
