# A bridge in a namespace of its own (`labsw`), one port per host and one for `jump`, where the console runs.

# within NAMESPACE COMMAND…: in this lab's one of that name.
within() { ip netns exec "$prefix$1" "${@:2}"; }

# port NAMESPACE ADDRESS: the pair is made inside labsw, so that this machine never sees an interface.
port() {
  within labsw ip link add "p-$1" type veth peer name host0 netns "$prefix$1"
  within labsw ip link set "p-$1" master br0 up
  within "$1" ip addr add "$2/24" dev host0
  within "$1" ip link set host0 up
  within "$1" ip link set lo up
}

net_up() {
  ip netns add "${prefix}labsw"
  within labsw ip link set lo up
  within labsw ip link add br0 type bridge forward_delay 0
  within labsw ip link set br0 up
  ip netns add "${prefix}jump"
  port jump "$net.1"
}

net_node() {
  ip netns add "$prefix$1"
  port "$1" "$(node_ip "$1")"
}

net_down() {
  local name pid
  for name in $(nodes); do end_delay "$name" || true; done
  for pid in $(ip netns pids "${prefix}jump" 2>/dev/null); do kill "$pid" 2>/dev/null || true; done
  for name in $(nodes) jump labsw; do ip netns del "$prefix$name" 2>/dev/null || true; done
}

link_state() {
  within labsw bridge -d link show dev "p-$1" 2>/dev/null | sed -n 's/.* state \([a-z]*\).*/\1/p' | head -n 1
}

# drop: packets vanish while the carrier stays; link: the cable is out.
cut_link() {
  case $2 in
    drop) within labsw bridge link set dev "p-$1" state 0 ;;
    link) within labsw ip link set "p-$1" down ;;
    *) die "cut how? drop or link, not $2" ;;
  esac
}

heal_link() {
  end_delay "$1"
  within labsw ip link set "p-$1" up
  within labsw bridge link set dev "p-$1" state 3
}

# slow_link NODE MS: every frame, to and from the host, comes so much later. This machine's kernel may know no netem, so
# that a program of the hosts' own Python stands between the port and the bridge.
slow_link() {
  local home=$lab/nodes/$1
  end_delay "$1"
  within labsw ip link add "s-$1" type veth peer name "t-$1"
  within labsw ip link set "t-$1" up
  within labsw ip link set "s-$1" master br0 up
  within labsw ip link set "p-$1" nomaster
  setsid ip netns exec "${prefix}labsw" chroot "$home/merged" /usr/bin/python3 /opt/lab/delay.py "p-$1" "t-$1" "$2" \
    </dev/null >>"$lab/log/$1.delay" 2>&1 &
  echo $! >"$home/delay.pid"
}

end_delay() {
  local file=$lab/nodes/$1/delay.pid
  [ -e "$file" ] || return 0
  kill "$(cat "$file")" 2>/dev/null || true
  rm -f "$file"
  within labsw ip link del "s-$1"
  within labsw ip link set "p-$1" master br0
}
