#!/usr/bin/env bash
# Real hosts for the console: systemd and sshd in network namespaces that nothing outside can see.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
export LAB_DIR=${LAB_DIR:-${XDG_CACHE_HOME:-/var/tmp}/plasmatop-lab}
export LAB_NAME=${LAB_NAME:-}
export LAB_SCALE=${LAB_SCALE:-0.3}

. "$here/lib/base.sh"
. "$here/lib/build.sh"
. "$here/lib/net.sh"
. "$here/lib/host.sh"

usage() {
  cat <<X
usage: npm run lab -- COMMAND
  check                      say why no lab can run here, if so
  fetch                      the packages that hosts are made of, if they are missing; up does so, too
  up [N]                     build what is missing and boot N hosts (3), first boot from nothing
  down                       power everything off and take it away; the packages stay in \$LAB_DIR
  status                     what systemd says of each host, and its link
  ssh NODE [COMMAND…]        as the operator, the way the console goes
  jump COMMAND…              run something beside the hosts
  exec NODE COMMAND…         the back door: root on the host, without its network
  fault NODE KIND UNIT [MSG] fail | unhealthy | hang | crash | deaf | expired; of the next start or answer
  clear NODE [KIND UNIT]     take faults away
  kill NODE UNIT [SIGNAL]    by systemd on the host (KILL)
  cut NODE [drop|link]       packets vanish silently, or the cable is out
  slow NODE [MS]             every packet takes so much longer, each way (500)
  refuse NODE                sshd and all services are stopped: every connection is refused
  heal NODE                  the link is as it was
  reboot NODE                in order
  off NODE | on NODE         power off in order, and on again
  yank NODE                  power loss; on again with: on NODE
  firstboot NODE             wiped and booted anew
  rekey NODE                 wiped and booted anew with another host key
  trust                      let the console's ssh know the host keys as they are now
LAB_DIR is $LAB_DIR; LAB_SCALE=$LAB_SCALE shortens the start times.
With LAB_NAME=NAME a command is for another lab, which stands beside the others and knows nothing of them.
X
}

# What an earlier boot left: strangers may have the numbers that were written down.
[ ! -e "$lab/up" ] || [ "$(<"$lab/up")" = "$(this_boot)" ] || rm -f "$lab"/nodes/*/*.pid

command=${1:-help}
[ $# -eq 0 ] || shift
case $command in
  check) why_not ;;
  fetch) fetch ;;
  up) fetch && alone "$lab/lock" _up "${1:-3}" ;;
  down) [ ! -d "$lab" ] || alone "$lab/lock" _down ;;
  status) status ;;
  ssh) exec ip netns exec "${prefix}jump" ssh -F "$lab/ssh_config" "$@" ;;
  jump) exec ip netns exec "${prefix}jump" "$@" ;;
  exec) back_door "$@" ;;
  fault) fault "$@" ;;
  clear) clear_faults "$@" ;;
  kill) back_door "$1" systemctl kill -s "${3:-KILL}" "$2" ;;
  cut) cut_link "$1" "${2:-drop}" ;;
  slow) slow_link "$1" "${2:-500}" ;;
  refuse) stop_all "$1" ;;
  heal) heal_link "$1" ;;
  reboot) back_door "$1" systemctl reboot ;;
  off | on | yank | firstboot | rekey) beside "$1" "_$command" ;;
  trust) write_known_hosts ;;
  _fetch) build_packages ;;
  _up) up "$1" ;;
  _down) down ;;
  _off)
    power_off "$1"
    cut_link "$1" drop
    ;;
  _on)
    heal_link "$1"
    boot "$1"
    ;;
  _yank)
    cut_link "$1" drop
    pull_plug "$1"
    ;;
  _firstboot)
    power_off "$1"
    wipe "$1"
    boot "$1"
    ;;
  _rekey)
    power_off "$1"
    wipe "$1"
    new_host_key "$1"
    boot "$1"
    ;;
  _supervise) supervise "$1" ;;
  help | --help | -h) usage ;;
  *)
    usage >&2
    exit 64
    ;;
esac
