#!/usr/bin/env bash
# Does the README hold on a bare machine? Makes a minimal Debian in FOLDER, clones this repository
# into it, runs ./run there as an ordinary user with sudo until /healthz answers, starts it a second
# time, and runs ./test. Prints how long each took.
#
#   sudo tests/house/bare_debian.sh FOLDER [bookworm|trixie] [run|all]
#
# Needs root and debootstrap. Everything it starts lives in a PID and mount namespace of its own and
# ends with it; FOLDER stays, for a look or a second go. The network is shared with the host: the
# server listens on the loopback ports HTTP_PORT and SIP_PORT.
set -euo pipefail

root=${1:?usage: bare_debian.sh FOLDER [bookworm|trixie] [run|all]}
suite=${2:-bookworm}
what=${3:-all}
mirror=${MIRROR:-} # empty: what debootstrap takes by itself
http_port=${HTTP_PORT:-18080}
sip_port=${SIP_PORT:-15060}
repository=$(git -C "$(dirname "$(readlink -f "$0")")" rev-parse --show-toplevel)

if [ "${BELFRY_IN_NAMESPACE:-}" != yes ]; then
  [ "$(id -u)" -eq 0 ] || { echo "needs root" >&2; exit 1; }
  export BELFRY_IN_NAMESPACE=yes
  exec unshare --mount --pid --fork --kill-child "$0" "$@"
fi

started=$SECONDS
lap() {
  echo "== $1: $((SECONDS - started)) s"
  started=$SECONDS
}

if [ ! -e "$root/etc/debian_version" ]; then
  debootstrap --variant=minbase --include=git,sudo,ca-certificates "$suite" "$root" ${mirror:+"$mirror"} >"$root.log" 2>&1 ||
    { tail "$root.log"; exit 1; }
  lap "debootstrap $suite"
fi

# The host's way to the network: resolver, mirror settings, certificate authorities.
cp /etc/resolv.conf /etc/hosts "$root/etc/"
grep -lrs '^Acquire::' /etc/apt/apt.conf.d | while read -r file; do cp "$file" "$root/etc/apt/apt.conf.d/"; done
if compgen -G '/usr/local/share/ca-certificates/*.crt' >/dev/null; then
  cp /usr/local/share/ca-certificates/*.crt "$root/usr/local/share/ca-certificates/"
  chroot "$root" update-ca-certificates >/dev/null 2>&1
fi

mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"

chroot "$root" id tester >/dev/null 2>&1 || chroot "$root" useradd --create-home --shell /bin/bash tester
echo 'tester ALL=(ALL) NOPASSWD: ALL' >"$root/etc/sudoers.d/tester"
rm -rf "$root/home/tester/belfry"
git clone --quiet --no-hardlinks "$repository" "$root/home/tester/belfry"
chroot "$root" chown -R tester: /home/tester/belfry

as_tester() { chroot "$root" su - tester -c "cd belfry && $1"; }
healthy() { (exec 3<>"/dev/tcp/127.0.0.1/$http_port" && printf 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' >&3 && head -1 <&3 | grep -q ' 200 ') 2>/dev/null; }

start_and_stop() { # start_and_stop NAME LIMIT_S
  as_tester "exec ./run --data /home/tester/data --http-port $http_port --sip-port $sip_port" >"$root/run.log" 2>&1 &
  local server=$! begun=$EPOCHREALTIME
  until healthy; do
    kill -0 "$server" 2>/dev/null || { echo "./run ended:"; tail -40 "$root/run.log"; exit 1; }
    [ $((SECONDS - started)) -lt "$2" ] || { echo "no /healthz after $2 s:"; tail -40 "$root/run.log"; exit 1; }
    sleep 0.05
  done
  echo "== $1: listening after $(awk -v a="$begun" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.2f", b - a }') s"
  # Only this namespace's server: the one whose root is ours.
  local process
  for process in /proc/[0-9]*; do
    [ "$(readlink "$process/exe")" = "$root/home/tester/belfry/build/release/belfry" ] && kill -TERM "${process#/proc/}"
  done
  wait "$server" || true
  started=$SECONDS
}

mount -t proc proc /proc # the namespace's own view, for the loop above
start_and_stop "first ./run" 3600
start_and_stop "second ./run" 30
if [ "$what" = all ]; then
  as_tester ./test
  lap "./test"
fi
