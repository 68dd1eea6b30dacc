#!/usr/bin/env bash
# Installs PostgreSQL from Debian, which tests start in folders of their own (src/lib/postgres-support.ts).
set -euo pipefail
cd "$(dirname "$0")/../.."
compgen -G "/usr/lib/postgresql/*/bin/initdb" > /dev/null && exit 0
mkdir -p .cache
# One installation at a time: the scripts of this folder run at once, and apt does not wait for itself.
exec 9> .cache/apt.lock
flock 9
export DEBIAN_FRONTEND=noninteractive
install() { apt-get install -y -qq --no-install-recommends postgresql postgresql-contrib > /dev/null; }
install 2> /dev/null || { apt-get update -qq && install; }
