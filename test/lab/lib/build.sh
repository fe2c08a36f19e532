# What hosts are made of: packages (kept), a layer that all share, and what each keeps over a reinstall.

# The only step that needs the outside: a Debian with systemd, sshd and sudo, once.
build_packages() {
  [ ! -e "$LAB_DIR/rootfs.done" ] || return 0
  echo 'lab: fetching the packages of the hosts (once)' >&2
  mkdir -p "$LAB_DIR/log"
  rm -rf --one-file-system "$base"
  # What it mounts in there goes with it, even when it is killed.
  unshare --mount mmdebstrap --variant=minbase \
    --include=systemd,systemd-sysv,dbus,openssh-server,sudo,iproute2,procps,python3,openssl \
    bookworm "$base" >"$LAB_DIR/log/mmdebstrap.log" 2>&1 ||
    die "mmdebstrap failed: $(tail -n 3 "$LAB_DIR/log/mmdebstrap.log")"
  touch "$LAB_DIR/rootfs.done"
}

build_keys() {
  local user
  for user in ops viewer; do
    [ -f "$lab/keys/$user" ] || ssh-keygen -q -t ed25519 -N '' -C "$user@lab" -f "$lab/keys/$user"
  done
  [ -f "$lab/pki/ca.crt" ] || openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 365 \
    -subj '/CN=lab CA' -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign \
    -keyout "$lab/pki/ca.key" -out "$lab/pki/ca.crt" 2>/dev/null
}

# Accounts, rights, units: made anew by each `up`, so that a change of the tree is always in it.
build_common() {
  local root=$lab/mnt user unit
  rm -rf "$lab/common" "$lab/common.work"
  mkdir -p "$root" "$lab/common" "$lab/common.work"
  mount -t overlay "lab-${prefix}common" -o "lowerdir=$base,upperdir=$lab/common,workdir=$lab/common.work" "$root"
  for user in ops viewer; do
    chroot "$root" useradd -m -s /bin/bash "$user"
    install -d -m 700 "$root/home/$user/.ssh"
    install -m 600 "$lab/keys/$user.pub" "$root/home/$user/.ssh/authorized_keys"
    chroot "$root" chown -R "$user:" "/home/$user/.ssh"
  done
  chroot "$root" usermod -aG systemd-journal ops
  # The operator may do exactly what the documentation tells to allow.
  sed -n '/^```sudoers$/,/^```$/p' "$here/../../docs/rights.md" | grep -v '^```' >"$root/etc/sudoers.d/plasmatop"
  [ -s "$root/etc/sudoers.d/plasmatop" ] || die 'docs/rights.md has no sudoers any more'
  chmod 440 "$root/etc/sudoers.d/plasmatop"
  chroot "$root" visudo -cq || die 'the sudoers of docs/rights.md are not valid'
  cat >"$root/etc/ssh/sshd_config.d/lab.conf" <<-X
	PermitRootLogin no
	PasswordAuthentication no
	KbdInteractiveAuthentication no
	AllowUsers ops viewer
	UseDNS no
	X
  rm -f "$root"/etc/ssh/ssh_host_*
  install -D -m 755 -t "$root/opt/lab" "$here"/host/*.py
  mkdir -p "$root/var/log/journal" "$root/var/lib/lab/ctl"
  install -m 644 "$here"/host/units/*.service "$root/etc/systemd/system/"
  for unit in "$here"/host/units/*.service; do chroot "$root" systemctl enable -q "${unit##*/}"; done
  chroot "$root" systemctl mask -q apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer \
    e2scrub_reap.service systemd-modules-load.service getty@tty1.service console-getty.service 2>/dev/null
  : >"$root/etc/machine-id"
  umount "$root"
}

new_host_key() {
  local key=$lab/nodes/$1/seed/etc/ssh/ssh_host_ed25519_key
  rm -f "$key" "$key.pub"
  ssh-keygen -q -t ed25519 -N '' -C "root@$1" -f "$key"
}

# seed NODE PEERS: host key, certificate and address book.
seed() {
  local home=$lab/nodes/$1 etc=$lab/nodes/$1/seed/etc names
  names="subjectAltName=DNS:$1,DNS:localhost,IP:$(node_ip "$1"),IP:127.0.0.1"
  mkdir -p "$etc"/{ssh,lab/pki} "$home"/{upper,work,merged}
  new_host_key "$1"
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$1" \
    -keyout "$etc/lab/pki/node.key" -out "$home/csr" 2>/dev/null
  openssl x509 -req -in "$home/csr" -CA "$lab/pki/ca.crt" -CAkey "$lab/pki/ca.key" -CAcreateserial -days 90 \
    -out "$etc/lab/pki/node.crt" \
    -extfile <(echo "$names") 2>/dev/null
  openssl x509 -req -in "$home/csr" -CA "$lab/pki/ca.crt" -CAkey "$lab/pki/ca.key" -CAcreateserial -days -1 \
    -out "$etc/lab/pki/expired.crt" -extfile <(echo "$names") 2>/dev/null
  cp "$lab/pki/ca.crt" "$etc/lab/pki/"
  echo "$1" >"$etc/hostname"
  printf '127.0.0.1 localhost\n127.0.1.1 %s\n' "$1" >"$etc/hosts"
  printf 'LAB_NODE=%s\nLAB_SCALE=%s\nLAB_PEERS=%s\n' "$1" "$LAB_SCALE" "$2" >"$etc/lab/env"
}

# ssh_config_of USER
ssh_config_of() {
  local node
  for node in $(nodes); do
    printf 'Host %s\n  HostName %s\n  HostKeyAlias %s\n' "$node" "$(node_ip "$node")" "$node"
  done
  cat <<X
Host *
  User $1
  IdentityFile $lab/keys/$1
  IdentitiesOnly yes
  UserKnownHostsFile $lab/known_hosts
  GlobalKnownHostsFile /dev/null
  StrictHostKeyChecking yes
  PasswordAuthentication no
  BatchMode yes
  ConnectTimeout 5
  LogLevel ERROR
X
}

# console_config USER
console_config() {
  local node
  printf 'cluster: lab\nnodes:\n'
  for node in $(nodes); do printf '  - { name: %s, address: %s, ssh: %s }\n' "$node" "$(node_ip "$node")" "$node"; done
  printf 'tls: { ca: %s }\n' "$lab/pki/ca.crt"
  printf 'ssh: { config: %s }\n' "$lab/ssh_config${1:+_$1}"
  printf 'audit: { file: %s }\n' "$lab/audit.jsonl"
}

# What an operator has on the machine that the console runs on.
write_client_files() {
  ssh_config_of ops >"$lab/ssh_config"
  ssh_config_of viewer >"$lab/ssh_config_viewer"
  console_config '' >"$lab/plasmatop.yaml"
  console_config viewer >"$lab/viewer.yaml"
  write_known_hosts
}

write_known_hosts() {
  local node
  for node in $(nodes); do
    echo "$node $(cut -d' ' -f1,2 "$lab/nodes/$node/seed/etc/ssh/ssh_host_ed25519_key.pub")"
  done >"$lab/known_hosts"
}
