#!/bin/bash
# Runs a command on a display that nobody sees (Xvfb), drawn by software. Usage: with-display.sh COMMAND...
set -euo pipefail
. "$(dirname "$0")/env.sh"
[ $# -gt 0 ] || fail "usage: with-display.sh COMMAND..."
have xvfb-run || fail "xvfb-run is missing; run scripts/setup.sh test."
unset WAYLAND_DISPLAY
export GDK_BACKEND=x11 WEBKIT_DISABLE_DMABUF_RENDERER=1 LIBGL_ALWAYS_SOFTWARE=1 NO_AT_BRIDGE=1
exec xvfb-run -a -s "-screen 0 1280x900x24 -nolisten tcp" "$@"
