#!/bin/bash
# Everything a change must pass, in the order that fails soonest. Usage: test.sh
set -euo pipefail
. "$(dirname "$0")/env.sh"

step() {
  local began=$SECONDS name=$1
  shift
  printf '\n== %s\n' "$name"
  "$@" || fail "$name failed after $((SECONDS - began)) s"
  printf '== %s: done in %s s\n' "$name" "$((SECONDS - began))"
}

documentation() { RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked "${FEATURES[@]}"; }

supply_chain() {
  if cargo deny --version >/dev/null 2>&1; then
    cargo deny --offline check bans licenses sources
  else
    say "cargo-deny is not installed: licences and bans are not checked here"
  fi
}

# The tests run once, beside everything they may want: a display, a keyring, an S3 server. The desktop's own run on the
# installed package, where packages are Debian's.
with_servers() {
  local desktop=scripts/desktop-test.sh
  if have dpkg; then desktop=scripts/deb-test.sh; fi
  scripts/with-display.sh scripts/with-keyring.sh scripts/with-moto.sh \
    bash -euc 'desktop=$1; shift; cargo nextest run --workspace --locked "$@"; "$desktop"; scripts/browser-tests.sh' \
    servers "$desktop" "${FEATURES[@]}"
}

all_tests() {
  if [ "$(uname -s)" = Linux ]; then
    with_servers
  elif [ "${CI:-}" = true ]; then
    fail "the tests need Xvfb, a Secret Service and moto, which this system does not offer"
  else
    say "WITHOUT a private keyring and without the window test: this system does not offer them"
    scripts/with-moto.sh cargo nextest run --workspace --locked "${FEATURES[@]}"
  fi
}

step "setup" scripts/setup.sh test
step "page: build" npm --prefix ui run --silent build
step "page: types" npm --prefix ui run --silent check
step "page: tests" npm --prefix ui run --silent test
step "browser tests: types" npm --prefix tests/browser run --silent check
step "format" cargo fmt --all --check
step "lints" cargo clippy --workspace --all-targets --locked "${FEATURES[@]}" -- -D warnings
step "documentation" documentation
step "licences" supply_chain
step "build" cargo build --workspace --locked "${FEATURES[@]}"
step "tests" all_tests
printf '\nAll tests passed in %s min.\n' "$(((SECONDS + 59) / 60))"
