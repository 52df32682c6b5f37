#!/bin/bash
# Installs what is missing and nothing else; quick when everything is there.
# Usage: setup.sh demo (the command line and the page; the window too when a display is there) | test (everything)
set -euo pipefail
. "$(dirname "$0")/env.sh"

RUST_MIN=1.95
NODE_MIN=20
BUILD=(build-essential pkg-config cmake nasm ca-certificates curl)
WINDOW=(libwebkit2gtk-4.1-dev libayatana-appindicator3-dev librsvg2-dev file)
TESTS=(git xvfb xauth dbus gnome-keyring libsecret-tools imagemagick fonts-dejavu-core procps python3 python3-venv python3-dbus python3-gi
  webkit2gtk-driver desktop-file-utils libxtst6)

as_root() {
  if [ "$(id -u)" = 0 ]; then
    env DEBIAN_FRONTEND=noninteractive "$@"
  else
    sudo env DEBIAN_FRONTEND=noninteractive "$@"
  fi
}

# True when dotted version $1 is at least $2.
at_least() { [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]; }

apt_missing() {
  local package
  for package in "$@"; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)" = installed ] || echo "$package"
  done
}

apt_install() {
  local missing
  read -r -d '' -a missing <<<"$(apt_missing "$@")" || true
  [ ${#missing[@]} -gt 0 ] || return 0
  if [ "$(id -u)" != 0 ] && ! have sudo; then
    fail "these Debian packages are missing: ${missing[*]}. Run 'apt-get install ${missing[*]}' as root, then try again."
  fi
  say "installing ${#missing[@]} Debian packages: ${missing[*]}"
  as_root apt-get update -qq >"$LOG" 2>&1 || say "the package lists could not be refreshed; trying with the old ones"
  as_root apt-get install -y -qq --no-install-recommends "${missing[@]}" >"$LOG" 2>&1 ||
    { tail -n 20 "$LOG" >&2; fail "apt-get could not install ${missing[*]}; its last lines are above."; }
}

system_packages() {
  local wanted=("${BUILD[@]}")
  if [ "$1" = test ] || has_display; then wanted+=("${WINDOW[@]}"); fi
  if [ "$1" = test ]; then wanted+=("${TESTS[@]}"); fi
  if [ "$1" = test ] && ! browser >/dev/null; then
    # A snap cannot be driven from here.
    if grep -qx 'ID=ubuntu' /etc/os-release 2>/dev/null; then
      fail "the page's tests drive a browser, and Ubuntu has Chromium as a snap only. Install Google Chrome (https://www.google.com/chrome), then run this again."
    fi
    wanted+=(chromium)
  fi
  case "$(uname -s)" in
    Linux)
      if have apt-get && have dpkg-query; then
        apt_install "${wanted[@]}"
      else
        say "this Linux has no apt; please see to it that your distribution's equivalents are there: ${wanted[*]}"
      fi
      ;;
    Darwin)
      xcode-select -p >/dev/null 2>&1 || fail "Apple's command line tools are missing. Run: xcode-select --install"
      have cmake || fail "cmake is missing. Run: brew install cmake nasm pkg-config node rustup"
      ;;
    *) fail "this script knows Debian, Ubuntu and macOS. On Windows follow the section 'Windows' of README.md." ;;
  esac
}

rust_version() { rustc --version 2>/dev/null | cut -d' ' -f2 || true; }

rust() {
  at_least "$(rust_version)" "$RUST_MIN" && return
  if have rustup; then
    say "updating Rust with rustup (found: $(rust_version))"
    rustup toolchain install stable --profile minimal -c clippy -c rustfmt >"$LOG" 2>&1 ||
      { tail -n 5 "$LOG" >&2; fail "rustup could not fetch Rust; check the network and try again."; }
    rustup default stable >>"$LOG" 2>&1
  else
    say "installing Rust with rustup, for this user only"
    curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs -o "$LOG.sh" ||
      fail "Rust $RUST_MIN or newer is missing and rustup could not be fetched. Install it from https://rustup.rs, then try again."
    sh "$LOG.sh" -y --profile minimal -c clippy -c rustfmt --no-modify-path >"$LOG" 2>&1 ||
      { tail -n 5 "$LOG" >&2; fail "rustup could not install Rust; its last lines are above."; }
  fi
  hash -r
  at_least "$(rust_version)" "$RUST_MIN" ||
    fail "Rust $(rust_version) is in the way, $RUST_MIN or newer is needed. If it came with the distribution, remove it or put $CARGO_HOME/bin first in PATH."
}

node_major() { node --version 2>/dev/null | sed 's/^v//; s/\..*//' || true; }
node_fits() { have npm && [ "$(node_major)" -ge "$NODE_MIN" ] 2>/dev/null; }

# Debian 12 has Node 18: its npm then brings a newer node program into .tools, where env.sh finds it first.
node_and_npm() {
  node_fits && return
  local advice="Install Node $NODE_MIN or newer with npm from https://nodejs.org, then try again."
  have apt-get || fail "Node is missing or too old. $advice"
  have npm || apt_install nodejs npm
  hash -r
  node_fits && return
  say "Node $(node_major) is too old; bringing a newer one into .tools"
  npm install --prefix .tools/node --no-audit --no-fund --no-save node@22 >"$LOG" 2>&1 ||
    { tail -n 5 "$LOG" >&2; fail "npm could not fetch Node. $advice"; }
  hash -r
  node_fits || fail "Node $(node_major) is still the one found. $advice"
}

# Runs a command when the file it depends on changed since it last succeeded.
when_changed() {
  local file=$1 stamp=.tools/stamps/$2
  shift 2
  mkdir -p .tools/stamps
  if cmp -s "$file" "$stamp"; then return; fi
  "$@"
  cp "$file" "$stamp"
}

npm_packages() {
  say "installing the packages of $1/"
  PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm --prefix "$1" ci --no-audit --no-fund >"$LOG" 2>&1 ||
    { tail -n 10 "$LOG" >&2; fail "npm ci failed in $1/; its last lines are above."; }
}

python_packages() {
  say "installing the test servers into .tools/venv"
  python3 -m venv .tools/venv >"$LOG" 2>&1 ||
    { tail -n 5 "$LOG" >&2; fail "python3 could not make a virtual environment; is python3-venv there?"; }
  .tools/venv/bin/python -m pip install -q --disable-pip-version-check -r tests/servers/requirements.txt >"$LOG" 2>&1 ||
    { tail -n 10 "$LOG" >&2; fail "pip could not install the test servers; its last lines are above."; }
}

nextest() {
  cargo nextest --version >/dev/null 2>&1 && return
  say "building cargo-nextest, once, about five minutes"
  env -u CARGO_TARGET_DIR cargo install cargo-nextest --locked >"$LOG" 2>&1 ||
    { tail -n 10 "$LOG" >&2; fail "cargo could not install cargo-nextest; its last lines are above."; }
}

main() {
  case "${1:-}" in
    demo | test) ;;
    *) fail "usage: setup.sh demo|test" ;;
  esac
  if [ -e /dev/null ] && [ ! -c /dev/null ]; then
    fail "/dev/null is a plain file, some program replaced it. As root: rm /dev/null && mknod -m 666 /dev/null c 1 3"
  fi
  system_packages "$1"
  rust
  node_and_npm
  [ -d ui/node_modules ] || rm -f .tools/stamps/ui
  when_changed ui/package-lock.json ui npm_packages ui
  if [ "$1" = test ]; then
    [ -d tests/browser/node_modules ] || rm -f .tools/stamps/browser
    when_changed tests/browser/package-lock.json browser npm_packages tests/browser
    have python3 || fail "python3 is missing; install it and try again."
    [ -x .tools/venv/bin/python ] || rm -f .tools/stamps/venv
    when_changed tests/servers/requirements.txt venv python_packages
    nextest
  fi
  say "ready: Rust $(rust_version)$(have node && echo ", Node $(node_major)" || true)"
}

WORK=$(mktemp -d)
LOG=$WORK/log
trap 'rm -rf "$WORK"' EXIT
main "$@"
