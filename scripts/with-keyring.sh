#!/bin/bash
# Runs a command on a private session bus with an unlocked keyring, in a home that is thrown away afterwards.
# Usage: with-keyring.sh COMMAND...   The exit status is the command's. PIERROT_TEST_KEYRING=1 tells tests that it is there.
set -euo pipefail
. "$(dirname "$0")/env.sh"
[ $# -gt 0 ] || fail "usage: with-keyring.sh COMMAND..."
for tool in dbus-run-session gnome-keyring-daemon; do
  have "$tool" || fail "$tool is missing; run scripts/setup.sh test."
done

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir -m 700 "$scratch/run" "$scratch/data" "$scratch/cache"
# env.sh has pinned CARGO_HOME and RUSTUP_HOME, so cargo still finds its own.
export HOME=$scratch XDG_RUNTIME_DIR=$scratch/run XDG_DATA_HOME=$scratch/data XDG_CACHE_HOME=$scratch/cache
unset XDG_CONFIG_HOME PIERROT_HOME PIERROT_SECRETS
export PIERROT_TEST_KEYRING=1

# The bus is asked for the service once, so that the first test does not race against its start.
dbus-run-session -- bash -c '
  log=$XDG_RUNTIME_DIR/keyring.log
  printf "%s" "only for tests" | gnome-keyring-daemon --unlock --components=secrets >"$log" 2>&1 &&
    dbus-send --session --print-reply --dest=org.freedesktop.DBus /org/freedesktop/DBus \
      org.freedesktop.DBus.StartServiceByName string:org.freedesktop.secrets uint32:0 >>"$log" 2>&1 ||
    { cat "$log" >&2; exit 1; }
  "$@"' with-keyring "$@"
