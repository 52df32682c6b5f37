#!/bin/bash
# Runs a command beside Ceph's radosgw, a second S3 server of another make, with one daemon of each kind and all objects in memory,
# and names it in PIERROT_TEST_S3. Installs Debian's packages when they are missing; needs root. About fifteen seconds.
# Usage: with-radosgw.sh COMMAND...   The exit status is the command's.
set -Eeuo pipefail
. "$(dirname "$0")/env.sh"
[ $# -gt 0 ] || fail "usage: with-radosgw.sh COMMAND..."
[ "$(id -u)" = 0 ] || fail "Ceph's daemons want to be started by root; run this as root, or take scripts/with-moto.sh."

# What tests/proof signs in with.
KEY=PIERROTKEY
SECRET=pierrotsecret
LONGEST=60 # seconds for a daemon to answer

install_ceph() {
  have radosgw && have ceph-mon && have ceph-osd && have ceph-mgr && have ceph && return
  have apt-get || fail "radosgw, ceph-mon, ceph-osd, ceph-mgr and ceph are missing; install your distribution's Ceph."
  say "installing Ceph (about 280 MB)" >&2
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends radosgw ceph-mon ceph-osd ceph-mgr ceph-common \
    >"$work/apt.log" 2>&1 || { tail -n 10 "$work/apt.log" >&2; fail "apt-get could not install Ceph; its last lines are above."; }
}

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

configure() {
  mkdir -p "$work"/{mon,mgr,osd,rgw,run,log}
  cat >"$work/ceph.conf" <<CONF
[global]
fsid = $cluster
mon initial members = a
mon host = 127.0.0.1:$mon_port
public network = 127.0.0.0/8
cluster network = 127.0.0.0/8
ms bind ipv6 = false
keyring = $work/keyring
run dir = $work/run
admin socket = $work/run/\$name.asok
log file = $work/log/\$name.log
mon data = $work/mon
mgr data = $work/mgr
osd data = $work/osd
osd objectstore = memstore
memstore device bytes = 2147483648
mon data avail crit = 1
mon allow pool size one = true
mon warn on pool no redundancy = false
auth allow insecure global id reclaim = false
osd crush chooseleaf type = 0
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off
[client.rgw]
rgw frontends = beast endpoint=127.0.0.1:$port
rgw data = $work/rgw
rgw enable usage log = false
CONF
  local all='allow *'
  ceph-authtool --create-keyring "$work/keyring" --gen-key -n mon. --cap mon "$all"
  ceph-authtool "$work/keyring" --gen-key -n client.admin --cap mon "$all" --cap osd "$all" --cap mgr "$all"
  ceph-authtool "$work/keyring" --gen-key -n mgr.x --cap mon 'allow profile mgr' --cap osd "$all"
  ceph-authtool "$work/keyring" --gen-key -n osd.0 --cap mon 'allow profile osd' --cap mgr 'allow profile osd' --cap osd "$all"
  ceph-authtool "$work/keyring" --gen-key -n client.rgw --cap mon 'allow rw' --cap osd 'allow rwx' --cap mgr 'allow rw'
  monmaptool --create --fsid "$cluster" --add a "127.0.0.1:$mon_port" "$work/monmap"
  ceph-mon "${conf[@]}" --mkfs -i a --monmap "$work/monmap" --keyring "$work/keyring"
}

# Starts a daemon in the foreground of its own log.
daemon() {
  local name=$1
  shift
  "$@" >"$work/log/$name.out" 2>&1 &
  daemons+=($!)
}

# Waits until a command succeeds.
answers() {
  local late=$((SECONDS + LONGEST)) what=$1
  shift
  until "$@" >"$work/answer" 2>&1; do
    [ "$SECONDS" -lt "$late" ] || { tail -n 5 "$work"/log/*.out >&2; fail "$what did not answer within $LONGEST seconds; its last words are above."; }
    sleep 0.2
  done
}

start() {
  daemon mon ceph-mon "${conf[@]}" -i a -f
  answers ceph-mon timeout 5 ceph "${conf[@]}" status
  daemon mgr ceph-mgr "${conf[@]}" -i x -f
  local disk
  disk=$(cat /proc/sys/kernel/random/uuid)
  ceph "${conf[@]}" osd new "$disk" >>"$work/setup.log" 2>&1
  ceph-osd "${conf[@]}" -i 0 --mkfs --osd-uuid "$disk" >>"$work/setup.log" 2>&1
  daemon osd ceph-osd "${conf[@]}" -i 0 -f
  daemon radosgw radosgw "${conf[@]}" -n client.rgw -f
  answers radosgw curl -s "$address"
  answers radosgw-admin radosgw-admin "${conf[@]}" -n client.rgw --admin-socket="$work/run/admin.asok" user create --uid pierrot \
    --display-name Pierrot --access-key "$KEY" --secret-key "$SECRET"
}

# SIGKILL: an OSD whose objects are in memory does not end on SIGTERM, and nothing is to be kept.
stop() {
  for pid in "${daemons[@]}"; do kill -KILL "$pid" 2>/dev/null || true; done
  wait "${daemons[@]}" 2>/dev/null || true
  rm -rf "$work"
}

work=$(mktemp -d)
daemons=()
trap stop EXIT
install_ceph
cluster=$(cat /proc/sys/kernel/random/uuid)
mon_port=$(free_port)
port=$(free_port)
address=http://127.0.0.1:$port
conf=(-c "$work/ceph.conf")
trap 'tail -n 10 "$work/setup.log" >&2; fail "Ceph could not be started; its last lines are above."' ERR
configure >"$work/setup.log" 2>&1
start
trap - ERR
PIERROT_TEST_S3=$address "$@"
