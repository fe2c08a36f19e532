# Names, addresses, and whether a lab can run on this machine at all.
base=$LAB_DIR/rootfs
# A lab with a name stands beside the one without: only the packages are the same ones.
lab=$LAB_DIR${LAB_NAME:+/labs/$LAB_NAME}
prefix=${LAB_NAME:+$LAB_NAME-}
net=10.77.0

die() {
  echo "lab: $*" >&2
  exit 1
}

# The name is a folder, and begins those of network namespaces and cgroups.
[[ $LAB_NAME =~ ^([a-z][a-z0-9]{0,15})?$ ]] ||
  die "LAB_NAME=$LAB_NAME is no name of a lab: up to 16 small letters and digits, a letter first"

# alone FILE COMMAND…: a command of this script; others that name the same file wait for its end, and not for that of
# what it leaves running.
alone() {
  mkdir -p "${1%/*}"
  flock --close "$1" "$here/lab.sh" "${@:2}"
}

# beside NODE COMMAND: one such at a time for a host, any number for several, and none while `up` or `down` is at work.
beside() {
  [ -d "$lab/nodes/$1" ] || die "there is no $1 here: npm run lab -- status lists the hosts that are up"
  flock --shared --close "$lab/lock" flock --close "$lab/nodes/$1/lock" "$here/lab.sh" "$2" "$1"
}

# The numbers of processes mean nothing after the next boot of this machine, or of a container that it is.
this_boot() {
  local stat
  stat=$(</proc/1/stat)
  read -ra stat <<<"${stat##*) }"
  echo "$(</proc/sys/kernel/random/boot_id) ${stat[19]}"
}

node_ip() { echo "$net.$((10 + 10#${1#node}))"; }
node_name() { printf 'node%02d' "$1"; }
nodes() { ls "$lab/nodes" 2>/dev/null | grep -E '^node[0-9]{2}$' || true; }

# peers N: node01=10.77.0.11,node02=…
peers() {
  local i all=
  for i in $(seq "$1"); do all+="${all:+,}$(node_name "$i")=$(node_ip "$(node_name "$i")")"; done
  echo "$all"
}

# Says on standard output what is missing; 69 (unavailable) when something is.
why_not() {
  local why=() tool
  [ "$(uname -s)" = Linux ] || why+=('not a Linux')
  [ "$(id -u)" = 0 ] || why+=('not root')
  for tool in systemd-nspawn:systemd-container mmdebstrap:mmdebstrap ssh:openssh-client ip:iproute2 bridge:iproute2 \
    openssl:openssl nsenter:util-linux flock:util-linux pgrep:procps; do
    command -v "${tool%%:*}" >/dev/null || why+=("${tool%%:*} is missing: apt-get install ${tool##*:}")
  done
  if [ ${#why[@]} -eq 0 ]; then
    unshare --net --mount true 2>/dev/null || why+=('no namespaces may be made')
    mkdir -p "$LAB_DIR"
    [ "$(stat -f -c %T "$LAB_DIR")" != overlayfs ] || why+=("$LAB_DIR is on an overlay: set LAB_DIR to another disk")
    grep -qw overlay /proc/filesystems || modprobe overlay 2>/dev/null || why+=('no overlayfs')
  fi
  [ ${#why[@]} -eq 0 ] && return
  printf '%s\n' "${why[@]}"
  return 69
}
