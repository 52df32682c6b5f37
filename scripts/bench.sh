#!/bin/bash
# Measures with the optimised build: functions (cargo bench), whole jobs as processes against the sandbox, then the desktop program.
# Usage: bench.sh [PHOTOS]   The figures of docs/performance.md come from this.
set -euo pipefail
. "$(dirname "$0")/env.sh"
photos=${1:-100000}
npm --prefix ui run --silent build
cargo bench --locked "${FEATURES[@]}" --bench core
cargo build --release --workspace --locked "${FEATURES[@]}" --bins
pierrot=$CARGO_TARGET_DIR/release/pierrot

work=$(mktemp -d)
"$pierrot" sandbox --photos "$photos" >"$work/sandbox.json" &
sandbox=$!
trap 'kill "$sandbox" 2>/dev/null || true; rm -rf "$work"' EXIT
for _ in $(seq 100); do
  [ -s "$work/sandbox.json" ] && break
  sleep 0.1
done
python3 - "$work" <<'PY'
import json, os, sys
work = sys.argv[1]
told = json.load(open(f"{work}/sandbox.json"))
os.mkdir(f"{work}/home")
with open(f"{work}/home/config.toml", "w") as config:
    config.write(f'[flickr]\napi_url = "{told["flickr"]["api_url"]}"\noauth_url = "{told["flickr"]["oauth_url"]}"\n'
                 f'calls_per_second = 0\n[targets.x]\nkind = "x"\napi_url = "{told["x"]["api_url"]}"\n')
with open(f"{work}/secrets.env", "w") as env:
    for name, value in told["secrets"].items():
        env.write(f"export PIERROT_SECRET_{name.upper().replace('.', '_')}={value}\n")
PY
. "$work/secrets.env"
export PIERROT_SECRETS=env PIERROT_HOME=$work/home

# Runs the command five times and prints the medians; the first sync can only run once.
measure() {
  local runs=$1
  shift
  for _ in $(seq "$runs"); do
    python3 - "$pierrot" --json "$@" <<'PY'
import os, subprocess, sys, time
began = time.monotonic()
child = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_, status, used = os.wait4(child.pid, 0)
wall = time.monotonic() - began
print(f"{used.ru_utime + used.ru_stime:.3f} {wall:.3f} {used.ru_maxrss / 1000:.0f} {os.waitstatus_to_exitcode(status)}")
PY
  done | sort -n | awk -v what="$*" '{ row[NR] = $0 } END { split(row[int((NR + 1) / 2)], m, " ");
    printf "%-22s CPU %6.3f s   wall %6.3f s   %4d MB   exit %s   (median of %d)\n", what, m[1], m[2], m[3], m[4], NR }'
}

printf '\nWhole processes, %s photos:\n' "$photos"
measure 1 sync
measure 5 sync
measure 3 sync --full
measure 5 status
measure 3 publish --seed 1
measure 3 check
printf 'catalogue: %s bytes a photo\n' "$(($(stat -c %s "$work/home/catalogue.redb") / photos))"

if have xvfb-run; then
  printf '\nThe desktop program, %s photos:\n' "$photos"
  scripts/with-display.sh scripts/with-keyring.sh env PIERROT_SECRETS=env \
    /usr/bin/python3 tests/desktop/figures.py "$CARGO_TARGET_DIR/release/pierrot-desktop" "$work/home"
else
  say "xvfb-run is missing: the desktop program is not measured"
fi

if browser >/dev/null && [ -d tests/browser/node_modules ]; then
  printf '\nThe page in Chromium, %s photos:\n' "$photos"
  PIERROT_BROWSER=$(browser) PIERROT_PROGRAM=$pierrot PIERROT_PHOTOS=$photos \
    tests/browser/node_modules/.bin/playwright test --config tests/browser --project=figures --reporter=line
else
  say "there is no Chromium, or its driver is missing: the page is not measured; scripts/setup.sh test brings both"
fi
