#!/usr/bin/env bash
# ui/build.sh OUT: installs what package-lock.json names, builds the pages and packs them into the file OUT.
# Called by CMake when something in ui/ changed; needs Node 18 or newer and npm.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
out=$1

give_up() {
  printf 'ui: %s\n' "$@" >&2
  exit 1
}

for tool in node npm; do
  command -v "$tool" >/dev/null || give_up "$tool is missing. Install it (Debian: apt-get install nodejs npm), or run ./dev setup build." \
    "To build a server without pages, configure with -DQD_UI=OFF."
done
node -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 18 ? 0 : 1)' || give_up "Node $(node -v) is too old: 18 or newer is needed."

# One installation for all build folders, renewed when the lock file changes.
stamp=node_modules/.installed
lock=$(sha256sum package-lock.json)
if [[ ! -e $stamp || $(<"$stamp") != "$lock" ]]; then
  log=$(mktemp)
  trap 'rm -f "$log"' EXIT
  npm ci --no-audit --no-fund --ignore-scripts >"$log" 2>&1 || {
    tail -n 30 "$log" >&2
    give_up "npm ci failed (above). It needs a registry: check the network, or name one with 'npm config set registry URL'." \
      "Behind a proxy set HTTPS_PROXY. To build a server without pages, configure with -DQD_UI=OFF."
  }
  printf '%s\n' "$lock" >"$stamp"
fi

dist=$out.dist
QD_UI_OUT=$dist node_modules/.bin/vite build --logLevel error || give_up "the pages do not build (above)."
node bundle.mjs "$dist" "$out.new"
mv "$out.new" "$out"
