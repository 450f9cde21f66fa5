# Read by cluster.sh: starts what a node is made of, and waits until the node is ready. From there: name, dir, ns, sock,
# number, ctr_; the link mwlN and its peer mwpN exist.
bin=${LAB_PROGRAMS:?the folder of build-kubernetes.sh}
node=10.201.$number.2 gateway=10.201.$number.1 pods=10.244.$number.0/24 services=10.96.$number.0/24

# In the cluster's namespaces, in the background. Without our locks' descriptors: else they would outlive this script.
start() {
  local what=$1; shift
  setsid nohup nsenter --net=/run/netns/"$ns" --mount=/proc/"$(cat "$dir/mounts.pid")"/ns/mnt "$@" >"$dir/log/$what" 2>&1 </dev/null 7>&- 8>&- 9>&- &
}
# What kubelet and containerd mount stays inside, and /var/log/pods is the cluster's own: a kubelet removes the log
# folders of pods that it doesn't know, so two on one folder delete each other's.
hold_mounts() {
  mkdir -p "$dir"/log "$dir"/pod-logs/{pods,containers} /var/log/pods /var/log/containers
  setsid nohup unshare --mount --propagation slave bash -c "mount --make-rshared / && mount -t tmpfs none /run/netns \
    && mount --bind '$dir/pod-logs/pods' /var/log/pods && mount --bind '$dir/pod-logs/containers' /var/log/containers \
    && touch '$dir/mounted' && exec -a '$dir/mounts' sleep infinity" >"$dir/log/mounts" 2>&1 </dev/null 7>&- 8>&- 9>&- &
  echo $! >"$dir/mounts.pid"
  await 50 test -f "$dir/mounted"
}
await() { # await TENTHS COMMAND...
  local tenths=$1; shift
  for _ in $(seq "$tenths"); do "$@" >/dev/null 2>&1 && return; sleep .1; done
  echo "lab: never so: $*" >&2; return 1
}
cert() { # cert NAME SUBJECT [SAN]
  openssl req -new -newkey rsa:2048 -nodes -subj "$2" -keyout "$dir/pki/$1.key" -out "$dir/pki/$1.csr" 2>/dev/null
  openssl x509 -req -in "$dir/pki/$1.csr" -CA "$dir/pki/ca.crt" -CAkey "$dir/pki/ca.key" -CAcreateserial -days 30 \
    -extfile <(echo 'keyUsage=digitalSignature,keyEncipherment'; echo 'extendedKeyUsage=clientAuth,serverAuth'; [ -z "${3:-}" ] || echo "subjectAltName=$3") \
    -out "$dir/pki/$1.crt" 2>/dev/null
}
kubeconfig() { # kubeconfig FILE CERT
  b() { base64 -w0 "$dir/pki/$1"; }
  cat >"$1" <<Y
apiVersion: v1
kind: Config
current-context: $name
contexts: [{name: $name, context: {cluster: $name, user: $name-$2}}]
clusters: [{name: $name, cluster: {server: "https://$node:6443", certificate-authority-data: $(b ca.crt)}}]
users: [{name: $name-$2, user: {client-certificate-data: $(b "$2.crt"), client-key-data: $(b "$2.key")}}]
Y
  chmod 600 "$1"
}

mkdir -p "$dir"/{pki,etcd,cni,pause,containerd/certs.d/registry.lab:5000,kubelet}
hold_mounts
ip netns add "$ns"
ip link set "mwp$number" netns "$ns" name eth0
ip addr add "$gateway/24" dev "mwl$number"; ip link set "mwl$number" up
nsenter --net=/run/netns/"$ns" sh -c "ip link set lo up; ip addr add $node/24 dev eth0; ip link set eth0 up; ip route add default via $gateway"
echo 1 >/proc/sys/net/ipv4/ip_forward
iptables -w -I FORWARD -i "mwl$number" -j ACCEPT; iptables -w -I FORWARD -o "mwl$number" -j ACCEPT

openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj "/CN=$name-ca" -keyout "$dir/pki/ca.key" -out "$dir/pki/ca.crt" 2>/dev/null
cert server '/CN=kube-apiserver' "IP:$node,IP:127.0.0.1,IP:10.96.$number.1,DNS:kubernetes,DNS:kubernetes.default.svc"
cert admin '/O=system:masters/CN=admin'
cert kubelet "/O=system:masters/CN=$name-node" "IP:$node,DNS:$name-node"
openssl genrsa -out "$dir/pki/sa.key" 2048 2>/dev/null
kubeconfig "$dir/kubeconfig" admin
kubeconfig "$dir/kubelet.kubeconfig" kubelet

start etcd etcd --data-dir "$dir/etcd" --listen-client-urls http://127.0.0.1:2379 --advertise-client-urls http://127.0.0.1:2379 \
  --listen-peer-urls http://127.0.0.1:2380 --unsafe-no-fsync --logger zap
start apiserver "$bin/kube-apiserver" --etcd-servers=http://127.0.0.1:2379 --service-cluster-ip-range="$services" \
  --bind-address=0.0.0.0 --advertise-address="$node" --secure-port=6443 --allow-privileged=true --authorization-mode=RBAC \
  --client-ca-file="$dir/pki/ca.crt" --tls-cert-file="$dir/pki/server.crt" --tls-private-key-file="$dir/pki/server.key" \
  --kubelet-client-certificate="$dir/pki/admin.crt" --kubelet-client-key="$dir/pki/admin.key" --kubelet-preferred-address-types=InternalIP \
  --service-account-key-file="$dir/pki/sa.key" --service-account-signing-key-file="$dir/pki/sa.key" --service-account-issuer=https://kubernetes.default.svc

# restrict_oom_score_adj, and oomScoreAdj below: a container has no CAP_SYS_RESOURCE to lower it.
cat >"$dir/containerd/config.toml" <<T
version = 2
root = "$dir/containerd/root"
state = "$dir/containerd/state"
[grpc]
  address = "$sock"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "docker.io/mwpipe-lab/pause:1"
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "$dir/cni"
  [plugins."io.containerd.grpc.v1.cri".registry]
    config_path = "$dir/containerd/certs.d"
T
printf 'server = "http://%s:5000"\n[host."http://%s:5000"]\n  capabilities = ["pull", "resolve"]\n' "$gateway" "$gateway" >"$dir/containerd/certs.d/registry.lab:5000/hosts.toml"
cat >"$dir/cni/10-bridge.conflist" <<J
{"cniVersion":"0.4.0","name":"lab","plugins":[
 {"type":"bridge","bridge":"cni0","isGateway":true,"ipMasq":true,"hairpinMode":true,"ipam":{"type":"host-local","dataDir":"$dir/ipam","ranges":[[{"subnet":"$pods"}]],"routes":[{"dst":"0.0.0.0/0"}]}},
 {"type":"portmap","capabilities":{"portMappings":true}}]}
J
start containerd containerd --config "$dir/containerd/config.toml"

# The image of every pod's sandbox: Debian's busybox alone, as an archive of our own making.
tar -C /bin --mtime=@1 --owner=0 --group=0 -c busybox >"$dir/pause/layer.tar"
cat >"$dir/pause/config.json" <<J
{"architecture":"$(dpkg --print-architecture)","os":"linux","config":{"Entrypoint":["/busybox","sleep","2147483647"]},"rootfs":{"type":"layers","diff_ids":["sha256:$(sha256sum <"$dir/pause/layer.tar" | cut -d' ' -f1)"]}}
J
echo '[{"Config":"config.json","RepoTags":["mwpipe-lab/pause:1"],"Layers":["layer.tar"]}]' >"$dir/pause/manifest.json"
await 200 ctr_ version
tar -C "$dir/pause" -c manifest.json config.json layer.tar | ctr_ images import - >/dev/null

cat >"$dir/kubelet/config.yaml" <<Y
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication: {anonymous: {enabled: false}, x509: {clientCAFile: $dir/pki/ca.crt}}
authorization: {mode: AlwaysAllow}
tlsCertFile: $dir/pki/kubelet.crt
tlsPrivateKeyFile: $dir/pki/kubelet.key
cgroupDriver: cgroupfs
cgroupsPerQOS: false
enforceNodeAllocatable: []
oomScoreAdj: 0
failSwapOn: false
configMapAndSecretChangeDetectionStrategy: Watch
clusterDomain: cluster.local
healthzPort: 10248
evictionHard: {memory.available: 100Mi}
imageGCHighThresholdPercent: 100
Y
cat >"$dir/proxy.yaml" <<Y
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
clientConnection: {kubeconfig: $dir/kubeconfig}
mode: iptables
clusterCIDR: $pods
hostnameOverride: $name-node
conntrack: {maxPerCore: 0, min: 0}
Y
ask() { curl -sf --max-time 2 --cacert "$dir/pki/ca.crt" --cert "$dir/pki/admin.crt" --key "$dir/pki/admin.key" "https://$node:6443$1"; }
ready() { ask /api/v1/nodes | tr -d ' \n' | grep -q '"type":"Ready","status":"True"'; }
account() { ask /api/v1/namespaces/default/serviceaccounts/default | grep -q '"secrets"'; }

await 600 ask /readyz
start controller-manager "$bin/kube-controller-manager" --kubeconfig="$dir/kubeconfig" --service-account-private-key-file="$dir/pki/sa.key" \
  --root-ca-file="$dir/pki/ca.crt" --leader-elect=false --use-service-account-credentials=true --controllers='*,-nodeipam'
start scheduler "$bin/kube-scheduler" --kubeconfig="$dir/kubeconfig" --leader-elect=false
start kubelet "$bin/kubelet" --kubeconfig="$dir/kubelet.kubeconfig" --config="$dir/kubelet/config.yaml" --root-dir="$dir/kubelet/root" \
  --container-runtime=remote --container-runtime-endpoint="unix://$sock" --node-ip="$node" --hostname-override="$name-node"
start proxy "$bin/kube-proxy" --config="$dir/proxy.yaml"
await 900 ready
await 300 account # no pod can be made in a namespace without it
