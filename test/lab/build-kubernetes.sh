#!/usr/bin/env bash
# build-kubernetes.sh FOLDER: Kubernetes 1.20.2's server programs, from Debian bookworm's source package (vendored: nothing
# but the Debian archive is asked). 5-8 minutes on 2 cores; nothing is done where they are there. Two at once build once,
# and a program appears whole or not at all.
# Needs golang-go (1.19), dpkg-dev and golang-github-modern-go-reflect2-dev: the vendored reflect2 1.0.1 crashes the
# apiserver under Go >= 1.18, in map iteration; Debian's 1.0.2 doesn't.
set -euo pipefail
out=${1:?the folder for the programs}
programs=(kube-apiserver kube-controller-manager kube-scheduler kubelet kube-proxy)
built() { for program in "${programs[@]}"; do [ -x "$out/$program" ] || return 1; done; }
say() { echo "kubernetes: $* (after $SECONDS s)" >&2; }

built && exit 0
mkdir -p "$out"
exec 9>"$out/.lock"
flock 9
built && exit 0

# One place, so that what a killed build left is found.
work=$(dirname "$out")/build
rm -rf "$work"
mkdir -p "$work"/lists/partial "$work"/archives/partial "$work"/bin
trap 'rm -rf "$work"' EXIT

say 'reading the source package'
uri=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Label: Debian' | head -1)
echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${uri:?no Debian archive among the sources of apt} bookworm main" >"$work/sources.list"
apt=(-qq -o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts=/dev/null
  -o Dir::State::Lists="$work/lists" -o Dir::Cache="$work" -o APT::Sandbox::User=root)
apt-get "${apt[@]}" update >&2
(cd "$work" && apt-get "${apt[@]}" source --download-only kubernetes >&2)
src=$work/go/src/k8s.io/kubernetes
mkdir -p "$src"
tar -xzf "$work"/kubernetes_*.orig.tar.gz -C "$src" --strip-components=1
rm -rf "$src/vendor/github.com/modern-go/reflect2"
cp -r /usr/share/gocode/src/github.com/modern-go/reflect2 "$src/vendor/github.com/modern-go/reflect2"

export GOPATH=$work/go GO111MODULE=off CGO_ENABLED=0 GOFLAGS=-trimpath GOCACHE=$work/gocache
cd "$src"
say 'generating the OpenAPI definitions' # the one generated file that the source package leaves out
go build -o "$work/openapi-gen" ./vendor/k8s.io/kube-openapi/cmd/openapi-gen
inputs=$(grep -rl --include='*.go' '+k8s:openapi-gen=' staging/src/k8s.io pkg cmd | grep -v _test.go | xargs -n1 dirname | sort -u |
  sed 's#^staging/src/##; s#^\(pkg\|cmd\)/#k8s.io/kubernetes/\1/#' | paste -sd,)
GOROOT=$(go env GOROOT) "$work/openapi-gen" --go-header-file hack/boilerplate/boilerplate.generatego.txt \
  -O zz_generated.openapi -p k8s.io/kubernetes/pkg/generated/openapi -i "$inputs" -r /dev/null >/dev/null

version=k8s.io/kubernetes/vendor/k8s.io
flags='-s -w'
for package in $version/component-base/version $version/client-go/pkg/version; do
  flags+=" -X $package.gitVersion=v1.20.2 -X $package.gitMajor=1 -X $package.gitMinor=20 -X $package.gitTreeState=archive"
done
for number in "${!programs[@]}"; do
  program=${programs[$number]}
  say "building $program, $((number + 1)) of ${#programs[@]}"
  go build -ldflags "$flags" -o "$work/bin/$program" "./cmd/$program"
  mv -f "$work/bin/$program" "$out/$program"
done
say 'built'
