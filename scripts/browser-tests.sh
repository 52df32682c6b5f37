#!/bin/bash
# The page in a real browser, before the built program and the sandbox. Usage: browser-tests.sh [ARGUMENTS OF PLAYWRIGHT...]
# Inside with-keyring.sh it also sets up an empty home with keys typed by hand.
set -euo pipefail
. "$(dirname "$0")/env.sh"
[ -x "$CARGO_TARGET_DIR/debug/pierrot" ] || fail "$CARGO_TARGET_DIR/debug/pierrot is missing; run cargo build ${FEATURES[*]}."
[ $# -gt 0 ] || set -- --project=tests
PIERROT_BROWSER=${PIERROT_BROWSER:-$(browser)} || fail "there is no Chromium; run scripts/setup.sh test."
export PIERROT_BROWSER
exec tests/browser/node_modules/.bin/playwright test --config tests/browser "$@"
