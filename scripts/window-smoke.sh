#!/bin/bash
# Opens the real window, waits until its page says that it stands, and looks at it: a blank picture fails.
# Usage: inside with-display.sh and with-keyring.sh: window-smoke.sh [PICTURE.png]
set -euo pipefail
. "$(dirname "$0")/env.sh"
program=$CARGO_TARGET_DIR/debug/pierrot-desktop
[ -x "$program" ] || fail "$program is missing; run cargo build ${FEATURES[*]}."
[ -n "${DISPLAY:-}" ] || fail "there is no display; run it inside scripts/with-display.sh."

work=$(mktemp -d)
picture=${1:-$work/window.png}
PIERROT_HOME=$work/home "$program" >"$work/log" 2>&1 &
window=$!
trap 'kill "$window" 2>/dev/null || true; wait "$window" 2>/dev/null || true; rm -rf "$work"' EXIT

for _ in $(seq 300); do
  grep -q "window mounted" "$work/log" && break
  kill -0 "$window" 2>/dev/null || { cat "$work/log" >&2; fail "the window closed by itself; its log is above."; }
  sleep 0.1
done
grep -q "window mounted" "$work/log" || { cat "$work/log" >&2; fail "the page did not report within 30 s; its log is above."; }

# The page is laid out; the compositor may need a few frames more.
colours=0
for _ in $(seq 50); do
  import -window root "$picture"
  colours=$(convert "$picture" -format '%k' info:)
  [ "$colours" -ge 200 ] && break
  sleep 0.1
done
[ "$colours" -ge 200 ] || fail "the window is blank: only $colours colours."
say "the window stands ($colours colours)"
