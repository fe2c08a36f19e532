# A bridge in a namespace of its own (`labsw`), one port per host and one for `jump`, where the console runs.

# port NAMESPACE ADDRESS: the pair is made inside labsw, so that this machine never sees an interface.
port() {
  ip netns exec labsw ip link add "p-$1" type veth peer name host0 netns "$1"
  ip netns exec labsw ip link set "p-$1" master br0 up
  ip netns exec "$1" ip addr add "$2/24" dev host0
  ip netns exec "$1" ip link set host0 up
  ip netns exec "$1" ip link set lo up
}

net_up() {
  ip netns add labsw
  ip netns exec labsw ip link set lo up
  ip netns exec labsw ip link add br0 type bridge forward_delay 0
  ip netns exec labsw ip link set br0 up
  ip netns add jump
  port jump "$net.1"
}

net_node() {
  ip netns add "$1"
  port "$1" "$(node_ip "$1")"
}

net_down() {
  local name pid
  for name in $(nodes); do end_delay "$name" || true; done
  for pid in $(ip netns pids jump 2>/dev/null); do kill "$pid" 2>/dev/null || true; done
  for name in $(nodes) jump labsw; do ip netns del "$name" 2>/dev/null || true; done
}

link_state() {
  ip netns exec labsw bridge -d link show dev "p-$1" 2>/dev/null | sed -n 's/.* state \([a-z]*\).*/\1/p' | head -n 1
}

# drop: packets vanish while the carrier stays; link: the cable is out.
cut_link() {
  case $2 in
    drop) ip netns exec labsw bridge link set dev "p-$1" state 0 ;;
    link) ip netns exec labsw ip link set "p-$1" down ;;
    *) die "cut how? drop or link, not $2" ;;
  esac
}

heal_link() {
  end_delay "$1"
  ip netns exec labsw ip link set "p-$1" up
  ip netns exec labsw bridge link set dev "p-$1" state 3
}

# slow_link NODE MS: every frame, to and from the host, comes so much later. This machine's kernel may know no netem, so
# that a program of the hosts' own Python stands between the port and the bridge.
slow_link() {
  local home=$LAB_DIR/nodes/$1
  end_delay "$1"
  ip netns exec labsw ip link add "s-$1" type veth peer name "t-$1"
  ip netns exec labsw ip link set "t-$1" up
  ip netns exec labsw ip link set "s-$1" master br0 up
  ip netns exec labsw ip link set "p-$1" nomaster
  setsid ip netns exec labsw chroot "$home/merged" /usr/bin/python3 /opt/lab/delay.py "p-$1" "t-$1" "$2" \
    </dev/null >>"$LAB_DIR/log/$1.delay" 2>&1 &
  echo $! >"$home/delay.pid"
}

end_delay() {
  local file=$LAB_DIR/nodes/$1/delay.pid
  [ -e "$file" ] || return 0
  kill "$(cat "$file")" 2>/dev/null || true
  rm -f "$file"
  ip netns exec labsw ip link del "s-$1"
  ip netns exec labsw ip link set "p-$1" master br0
}
