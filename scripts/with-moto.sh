#!/bin/bash
# Runs a command beside an S3 server in memory (moto, one request at a time) and names it in PIERROT_TEST_S3.
# Usage: with-moto.sh COMMAND...   The exit status is the command's.
set -euo pipefail
. "$(dirname "$0")/env.sh"
[ $# -gt 0 ] || fail "usage: with-moto.sh COMMAND..."
python=$ROOT/.tools/venv/bin/python
[ -x "$python" ] || fail "the test servers are missing; run scripts/setup.sh test."

work=$(mktemp -d)
"$python" tests/servers/moto_serial.py >"$work/address" 2>"$work/log" &
server=$!
trap 'kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
for _ in $(seq 600); do
  [ -s "$work/address" ] && break
  kill -0 "$server" 2>/dev/null || { cat "$work/log" >&2; fail "moto did not start; its last words are above."; }
  sleep 0.1
done
[ -s "$work/address" ] || fail "moto did not start within a minute."
PIERROT_TEST_S3=$(cat "$work/address")
export PIERROT_TEST_S3
"$@"
