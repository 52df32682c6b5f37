#!/bin/bash
# Uses the desktop program as a person does: its window by eyes and keys (WebDriver), its tray as a desktop would (D-Bus). Sends
# nothing to anyone. Usage: inside with-display.sh and with-keyring.sh: desktop-test.sh [PROGRAM]
set -euo pipefail
. "$(dirname "$0")/env.sh"
program=${1:-$CARGO_TARGET_DIR/debug/pierrot-desktop}
[ -x "$program" ] || fail "$program is missing; run cargo build ${FEATURES[*]}."
[ -n "${DISPLAY:-}" ] || fail "there is no display; run it inside scripts/with-display.sh."
[ -n "${DBUS_SESSION_BUS_ADDRESS:-}" ] || fail "there is no session bus; run it inside scripts/with-keyring.sh."
for tool in WebKitWebDriver import; do
  have "$tool" || fail "$tool is missing; run scripts/setup.sh test."
done
/usr/bin/python3 -c 'import dbus, gi' || fail "python3-dbus or python3-gi is missing; run scripts/setup.sh test."
/usr/bin/python3 tests/desktop/window.py "$program"
/usr/bin/python3 tests/desktop/tray.py "$program"
