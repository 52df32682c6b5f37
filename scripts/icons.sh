#!/bin/bash
# Draws every size of the app icon and the tray's four from the SVG files in icons/. Needs `npm ci` in ui/ and ImageMagick.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
ui/node_modules/.bin/tauri icon icons/pierrot.svg -o "$work/full"
ui/node_modules/.bin/tauri icon icons/pierrot-small.svg -o "$work/small" -p 16 -p 24 -p 32
cp "$work/full/128x128.png" "$work/full/128x128@2x.png" "$work/full/icon.icns" "$work/full/icon.png" icons/
cp "$work/small/32x32.png" icons/
convert "$work/small/16x16.png" "$work/small/24x24.png" "$work/small/32x32.png" \
  \( "$work/full/icon.png" -resize 48x48 \) \( "$work/full/icon.png" -resize 64x64 \) \
  \( "$work/full/icon.png" -resize 256x256 \) icons/icon.ico
for mood in idle working needs-you paused; do
  ui/node_modules/.bin/tauri icon "icons/tray-$mood.svg" -o "$work/$mood" -p 64
  cp "$work/$mood/64x64.png" "icons/tray-$mood.png"
done
echo "icons: drawn"
