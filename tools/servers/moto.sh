#!/usr/bin/env bash
# Installs the AWS emulator that tests fill and collect from (src/collect/aws/moto-support.ts) into .cache/moto, outside what npm ci empties.
set -euo pipefail
cd "$(dirname "$0")/../.."
venv=.cache/moto
wanted="moto[server]==5.2.5"
[ "$(cat "$venv/installed" 2>/dev/null)" = "$wanted" ] && exit 0
rm -rf "$venv"
python3 -m venv "$venv"
"$venv/bin/pip" install --quiet --disable-pip-version-check "$wanted"
# Last, so that an installation that was cut short is begun again.
printf '%s' "$wanted" > "$venv/installed"
