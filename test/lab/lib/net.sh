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
  ip netns exec labsw ip link set "p-$1" up
  ip netns exec labsw bridge link set dev "p-$1" state 3
  ip netns exec labsw tc qdisc del dev "p-$1" root 2>/dev/null || true
}

slow_link() { ip netns exec labsw tc qdisc replace dev "p-$1" root tbf rate "$2" burst 2kb latency 5s; }
