#!/bin/bash
# Drives the tray as a desktop would, over D-Bus: publishes from the menu, sees the notice, quits. Sends nothing to anyone.
# Usage: inside with-display.sh and with-keyring.sh: tray-test.sh
set -euo pipefail
. "$(dirname "$0")/env.sh"
program=$CARGO_TARGET_DIR/debug/pierrot-desktop
[ -x "$program" ] || fail "$program is missing; run cargo build ${FEATURES[*]}."
[ -n "${DISPLAY:-}" ] || fail "there is no display; run it inside scripts/with-display.sh."
[ -n "${DBUS_SESSION_BUS_ADDRESS:-}" ] || fail "there is no session bus; run it inside scripts/with-keyring.sh."
/usr/bin/python3 -c 'import dbus, gi' || fail "python3-dbus or python3-gi is missing; run scripts/setup.sh test."
/usr/bin/python3 tests/desktop/tray.py "$program"
