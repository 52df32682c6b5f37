#!/bin/bash
# Makes the .deb from what cargo has built (debug, so that it costs seconds), installs it with dpkg below a folder that is thrown
# away, against the packages of this system, and runs the desktop tests on the installed program.
# Usage: inside with-display.sh and with-keyring.sh: deb-test.sh
set -euo pipefail
. "$(dirname "$0")/env.sh"
for tool in dpkg dpkg-deb desktop-file-validate identify; do
  have "$tool" || fail "$tool is missing; run scripts/setup.sh test."
done

made=$CARGO_TARGET_DIR/debug/bundle/deb
rm -rf "$made"
ui/node_modules/.bin/tauri bundle --ci --debug --no-binary-patching --bundles deb --config \
  "{\"bundle\":{\"linux\":{\"deb\":{\"files\":{\"/usr/bin/pierrot\":\"$CARGO_TARGET_DIR/debug/pierrot\"}}}}}"
deb=("$made"/*.deb)

# A copy of dpkg's memory: what this package depends on must be installed here, in fact. No rights are needed.
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
mkdir -p "$root"/var/lib/dpkg/{updates,triggers}
cp -r /var/lib/dpkg/{status,info} "$root/var/lib/dpkg/"
in_root() { dpkg --root="$root" --force-not-root --no-triggers --log=/dev/null "$@"; }
in_root --install "${deb[0]}" || fail "the package could not be installed."
[ -z "$(in_root --verify pierrot)" ] || fail "what is installed differs from what was packed."

desktop-file-validate "$root"/usr/share/applications/*.desktop
icon=$(sed -n 's/^Icon=//p' "$root"/usr/share/applications/*.desktop)
for size in 32x32 128x128 512x512; do
  found=$(identify -format '%wx%h' "$root/usr/share/icons/hicolor/$size/apps/$icon.png")
  [ "$found" = "$size" ] || fail "the icon of $size is of $found."
done
runs=$(sed -n 's/^Exec=\([^ ]*\).*/\1/p' "$root"/usr/share/applications/*.desktop)
version=$(dpkg-deb --field "${deb[0]}" Version)
[ "$("$root/usr/bin/pierrot" --version)" = "pierrot $version" ] || fail "the installed command line is not of version $version."

scripts/desktop-test.sh "$root/usr/bin/$runs"

in_root --purge pierrot
[ ! -e "$root/usr" ] || fail "after removal something stays behind: $(find "$root/usr" -type f)"
say "$(basename "${deb[0]}") was installed, used and removed"
