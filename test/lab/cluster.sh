#!/usr/bin/env bash
# Real single-node Kubernetes clusters on this machine, each in network and mount namespaces of its own.
#   check             whether this machine can; prints why not
#   up NAME OWNER     cluster NAME, once; lives until `down`, or until a later call finds the process OWNER gone
#                     (OWNER `keep`: until `down`). Prints the path of its kubeconfig
#   load NAME IMAGE   copies a Docker image, by its name, into the cluster's containerd, where it isn't yet
#   kubeconfig NAME   its path again
#   down NAME         ends it and removes all that it left; `sweep` does so for those whose owners are gone
# From the host, a node is 10.201.N.2 (apiserver :6443, NodePorts 30000-32767); from inside, the host is 10.201.N.1, and
# registry.lab:5000/x is pulled from http://10.201.N.1:5000. A cluster has no DNS. It takes 22 s and about 0.7 GB.
# Asks of the environment: LAB_PROGRAMS (the folder of build-kubernetes.sh), LAB_HOME.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
home=${LAB_HOME:-/tmp/mwpipe-lab}
export PATH=$PATH:/usr/sbin:/sbin

# The folder, the network namespace and the locks of cluster $1. 8: this cluster; 9: numbers, and whose turn it is.
name_it() {
  [[ $1 =~ ^[a-z0-9-]{1,30}$ ]] || { echo "a cluster's name is of a-z, 0-9 and -, not '$1'" >&2; exit 2; }
  name=$1 dir=$home/$1 ns=mwl-$1 sock=$home/$1/containerd/containerd.sock
  mkdir -p "$home"
  exec 8>"$home/.$name.lock"
}
ctr_() { ctr -a "$sock" -n k8s.io "$@"; }
started_at() { cut -d')' -f2- "/proc/$1/stat" 2>/dev/null | cut -d' ' -f21; }
owned() { # owned FOLDER: somebody still wants it
  local pid at
  read -r pid at <"$1/owner" || return 0 # not one of ours, or just being made
  [ "$pid" = keep ] || [ "$(started_at "$pid")" = "$at" ]
}

check() {
  local probe=mwl-probe-$$
  [ "$(id -u)" = 0 ] || { echo 'a cluster needs root (mounts, network namespaces, cgroups)'; return 1; }
  for program in etcd containerd ctr iptables ip openssl conntrack busybox curl flock nsenter /usr/lib/cni/bridge; do
    command -v "$program" >/dev/null || { echo "no program $program: npm test installs it on Debian"; return 1; }
  done
  unshare --mount true 2>/dev/null || { echo 'this machine refuses mount namespaces (a container without CAP_SYS_ADMIN?)'; return 1; }
  ip netns add "$probe" 2>/dev/null || { echo 'this machine refuses network namespaces'; return 1; }
  ip netns del "$probe"
  iptables -S FORWARD >/dev/null 2>&1 || { echo 'iptables does not work here'; return 1; }
  local cgroups=/sys/fs/cgroup
  [ -d "$cgroups/memory" ] && cgroups=$cgroups/memory
  mkdir "$cgroups/$probe" 2>/dev/null || { echo "cgroups can't be written at $cgroups (mounted read-only?)"; return 1; }
  rmdir "$cgroups/$probe"
}

sweep() {
  local owner
  for owner in "$home"/*/owner; do
    [ -f "$owner" ] || continue
    owned "$(dirname "$owner")" && continue
    echo "lab: removing cluster $(basename "$(dirname "$owner")"), whose run is gone" >&2
    LAB_HOME=$home "$here/cluster.sh" down "$(basename "$(dirname "$owner")")" 9>&-
  done
}

# A number that nobody has, and its link: the kernel has one device of a name, so no two get the same.
claim() {
  for number in $(seq 1 99); do
    ip link add "mwl$number" type veth peer name "mwp$number" 2>/dev/null && { echo "$number" >"$dir/number"; return; }
  done
  echo 'no free number for a cluster: ip link show type veth' >&2; return 1
}

up() {
  flock 8
  owned_now=$2; [ "$2" = keep ] || owned_now="$2 $(started_at "$2")"
  [ -f "$dir/ready" ] && owned "$dir" && { echo "$dir/kubeconfig"; return; }
  [ -d "$dir" ] && remove
  exec 9>"$home/.lock"; flock 9
  # Folders of this cluster are made under the lock: a sweep sees each with its owner.
  mkdir -p "$dir"; echo "$owned_now" >"$dir/owner"
  sweep
  claim
  exec 9>&-
  trap failed EXIT
  trap 'exit 130' INT TERM
  . "$here/start-cluster.sh"
  touch "$dir/ready"
  trap - EXIT
  echo "$dir/kubeconfig"
}
failed() {
  echo "cluster $name did not start; the last lines of its logs:" >&2
  tail -n 3 "$dir"/log/* 2>/dev/null >&2 || true
  remove || true
  exit 1
}

load() {
  exec 7>"$home/.$name.load"; flock 7
  local id; id=$(docker image inspect -f '{{.Id}}' "$1")
  local mark; mark=$dir/images/$(echo "$1@$id" | tr '/:' '__')
  [ -f "$mark" ] && return
  docker save "$1" | ctr_ images import - >/dev/null
  mkdir -p "$dir/images"; touch "$mark"
}

# Processes of this cluster, by the folder in their arguments; never whoever only looks at its files.
processes() {
  local pid
  for pid in $(grep -lsaF -- "$dir/" /proc/[0-9]*/cmdline | cut -d/ -f3); do
    case $(cat "/proc/$pid/comm" 2>/dev/null) in
      etcd | containerd | containerd-shim | kubelet | kube-proxy | kube-apiserver | kube-controller | kube-scheduler | sleep) echo "$pid" ;;
    esac
  done
}
remove() {
  local pid cgroups='' control
  # First who starts containers, then those (children of their shims), then the shims. `[ -z ]`: none is no error.
  for pid in $(processes); do [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = containerd-shim ] || kill -9 "$pid" 2>/dev/null || true; done
  for pid in $(processes); do
    for child in $(cat "/proc/$pid"/task/*/children 2>/dev/null); do
      cgroups+=" $(cut -d: -f2,3 "/proc/$child/cgroup" 2>/dev/null | tr '\n' ' ')"
      kill -9 "$child" 2>/dev/null || true
    done
    kill -9 "$pid" 2>/dev/null || true
  done
  for _ in $(seq 50); do [ -z "$(processes)" ] && break; sleep .1; done
  for control in $cgroups; do # memory:/k8s.io/ID, or :/k8s.io/ID on version 2
    [[ ${control#*:} =~ [0-9a-f]{64}$ ]] || continue
    rmdir "/sys/fs/cgroup/${control%%:*}${control#*:}" 2>/dev/null || true
  done
  local n; n=$(cat "$dir/number" 2>/dev/null || echo none)
  while iptables -D FORWARD -i "mwl$n" -j ACCEPT 2>/dev/null; do :; done
  while iptables -D FORWARD -o "mwl$n" -j ACCEPT 2>/dev/null; do :; done
  ip link del "mwl$n" 2>/dev/null || true
  ip netns del "$ns" 2>/dev/null || true
  for _ in $(seq 20); do rm -rf "$dir" 2>/dev/null && break; sleep .2; done
  [ ! -d "$dir" ] || { echo "something holds $dir: $(grep -F " $dir/" /proc/mounts | head -3)" >&2; return 1; }
}

case ${1:-} in
  check) check ;;
  sweep) mkdir -p "$home"; exec 9>"$home/.lock"; flock 9; sweep ;;
  up) name_it "${2:?name}"; up "$2" "${3:?owner: a pid, or keep}" ;;
  kubeconfig) name_it "${2:?name}"; [ -f "$dir/ready" ] || { echo "no cluster $2 is up" >&2; exit 1; }; echo "$dir/kubeconfig" ;;
  load) name_it "${2:?name}"; load "${3:?image}" ;;
  down)
    [ -d "$home/${2:?name}" ] || exit 0
    name_it "$2"; flock 8; remove; rm -f "$home/.$name.load" "$home/.$name.lock" ;;
  *) echo 'check, up NAME OWNER, load NAME IMAGE, kubeconfig NAME, down NAME or sweep' >&2; exit 2 ;;
esac
