# Booting hosts, taking their power, breaking what runs on them.

# alive NODE supervisor|nspawn
alive() {
  local pid
  pid=$(cat "$lab/nodes/$1/$2.pid" 2>/dev/null) && kill -0 "$pid" 2>/dev/null
}
# PID 1 of the host, as this machine numbers it.
leader() { pgrep -P "$(cat "$lab/nodes/$1/nspawn.pid")" | head -n 1; }

# until_gone NODE TENTHS: 1 when its supervisor still lives after that.
until_gone() {
  local i
  for i in $(seq "$2"); do
    alive "$1" supervisor || return 0
    sleep .1
  done
  return 1
}

back_door() {
  local node=$1
  shift
  alive "$node" nspawn || die "$node is off"
  exec nsenter -t "$(leader "$node")" -m -u -i -n -p -C \
    env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin TERM=dumb "$@"
}

mount_node() {
  local home=$lab/nodes/$1
  mountpoint -q "$home/merged" || mount -t overlay "lab-$prefix$1" \
    -o "lowerdir=$home/seed:$lab/common:$base,upperdir=$home/upper,workdir=$home/work" "$home/merged"
}

boot() {
  alive "$1" supervisor && return
  mount_node "$1"
  setsid "$here/lab.sh" _supervise "$1" </dev/null >>"$lab/log/$1.console" 2>&1 &
  echo $! >"$lab/nodes/$1/supervisor.pid"
}

# The roots of what cgroups this machine has: one, or one per controller.
cgroup_roots() {
  if [ -e /sys/fs/cgroup/cgroup.controllers ]; then echo /sys/fs/cgroup; else printf '%s\n' /sys/fs/cgroup/*/; fi
}

# The hosts would share one tree of cgroups, and fight over it, if each did not get its own.
own_cgroup() {
  local root group
  for root in $(cgroup_roots); do
    group=${root%/}/lab-$prefix$1
    mkdir -p "$group" 2>/dev/null || continue
    case $root in
      */cpuset/)
        cat "$root/cpuset.cpus" >"$group/cpuset.cpus"
        cat "$root/cpuset.mems" >"$group/cpuset.mems"
        ;;
    esac
    echo $$ >"$group/cgroup.procs" || true
  done
}

drop_cgroup() {
  local root group
  for root in $(cgroup_roots); do
    group=${root%/}/lab-$prefix$1
    [ ! -d "$group" ] || find "$group" -depth -type d -exec rmdir {} + 2>/dev/null || true
  done
}

# Runs a host for as long as it has power; nspawn says 133 when the host wants to reboot.
supervise() {
  local home=$lab/nodes/$1 code
  own_cgroup "$1"
  while :; do
    systemd-nspawn --register=no --keep-unit --quiet --boot --directory="$home/merged" --machine="$prefix$1" \
      --hostname="$1" --link-journal=no --resolv-conf=off --timezone=off \
      --network-namespace-path="/run/netns/$prefix$1" </dev/null &
    echo $! >"$home/nspawn.pid"
    code=0
    wait $! || code=$?
    echo "lab: $1 ended with $code"
    [ $code = 133 ] || break
  done
  rm -f "$home/nspawn.pid" "$home/supervisor.pid"
}

power_off() {
  local pid
  alive "$1" nspawn || return 0
  pid=$(cat "$lab/nodes/$1/nspawn.pid")
  kill "$pid" 2>/dev/null || true
  until_gone "$1" 200 && return
  kill -9 "$pid" 2>/dev/null || true
  until_gone "$1" 50 || die "$1 does not end: see $lab/log/$1.console"
}

pull_plug() {
  ! alive "$1" nspawn || kill -9 "$(leader "$1")" 2>/dev/null || true
  until_gone "$1" 50
}

wipe() {
  local home=$lab/nodes/$1
  ! mountpoint -q "$home/merged" || umount "$home/merged"
  rm -rf "$home/upper" "$home/work"
  mkdir -p "$home/upper" "$home/work"
}

# Files that the services of the host look for; written from outside, so that they come through a cut link.
fault() { echo "${4:-}" >"$lab/nodes/$1/merged/var/lib/lab/ctl/$2-$3"; }
clear_faults() {
  local ctl=$lab/nodes/$1/merged/var/lib/lab/ctl file gone
  gone=("$ctl"/*)
  [ $# -lt 3 ] || gone=("$ctl/$2-$3")
  for file in "${gone[@]}"; do
    [ -e "$file" ] || continue
    rm -f "$file"
    case ${file##*/} in
      # A certificate is read at a start.
      expired-*) (back_door "$1" systemctl try-restart "${file##*/expired-}") || true ;;
    esac
  done
}

# Sessions outlive an sshd that is stopped.
stop_all() {
  local units=("$here"/host/units/*.service)
  (back_door "$1" systemctl stop ssh.service "${units[@]##*/}")
  (back_door "$1" pkill -x sshd) || true
}

# Many labs may want the packages at once, and the first one fetches them.
fetch() {
  why_not >&2 || exit $?
  alone "$LAB_DIR/rootfs.lock" _fetch
}

up() {
  local i node all
  [ ! -e "$lab/up" ] || die "this lab is up already, or was left: ${LAB_NAME:+LAB_NAME=$LAB_NAME }npm run lab -- down"
  ! ip netns list | grep -qE "^$prefix(labsw|jump|node[0-9]{2})\b" ||
    die 'network namespaces of these names are in use already'
  mkdir -p "$lab"/{pki,keys,nodes,log}
  this_boot >"$lab/up"
  build_keys
  build_common
  net_up
  all=$(peers "$1")
  for i in $(seq "$1"); do
    node=$(node_name "$i")
    seed "$node" "$all"
    net_node "$node"
  done
  write_client_files
  for node in $(nodes); do boot "$node"; done
}

# Never stops halfway: what is gone already is no reason to leave the rest.
down() {
  local node merged
  [ -e "$lab/up" ] || return 0
  # One that is just booting may have nothing to be killed yet.
  for node in $(nodes); do (pull_plug "$node" || pull_plug "$node" || true) & done
  wait
  ! mountpoint -q "$lab/mnt" || umount "$lab/mnt"
  net_down
  for node in $(nodes); do
    merged=$lab/nodes/$node/merged
    ! mountpoint -q "$merged" || umount "$merged" || umount -l "$merged"
    drop_cgroup "$node"
  done
  rm -rf --one-file-system "$lab/nodes" "$lab/audit.jsonl" "$lab/up"
}

status() {
  local node state failed
  for node in $(nodes); do
    state=off failed=
    if alive "$node" nspawn; then
      state=$( (back_door "$node" systemctl is-system-running) 2>/dev/null || true)
      failed=$( (back_door "$node" systemctl --failed --no-legend --plain) 2>/dev/null | cut -d' ' -f1 | xargs || true)
    fi
    printf '%s  %s  %-12s  link %s%s\n' "$node" "$(node_ip "$node")" "${state:-booting}" "$(link_state "$node")" \
      "${failed:+  failed: $failed}"
  done
}
