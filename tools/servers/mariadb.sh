#!/usr/bin/env bash
# Installs MariaDB from Debian, which tests start in folders of their own (src/lib/mariadb-support.ts).
set -euo pipefail
cd "$(dirname "$0")/../.."
command -v mariadbd > /dev/null && exit 0
mkdir -p .cache
# One installation at a time: the scripts of this folder run at once, and apt does not wait for itself.
exec 9> .cache/apt.lock
flock 9
export DEBIAN_FRONTEND=noninteractive
install() { apt-get install -y -qq --no-install-recommends mariadb-server > /dev/null; }
install 2> /dev/null || { apt-get update -qq && install; }
