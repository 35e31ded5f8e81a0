#!/bin/sh
# Runs a command with a Docker engine:   docker/with-engine.sh COMMAND [ARGUMENT…]
#
# If an engine answers already (DOCKER_HOST or the default socket), the command simply runs. Otherwise, as root, a
# private dockerd is started for as long as the command runs. It listens on a socket in a temporary folder, publishes
# ports on 127.0.0.1 only, leaves iptables and IP forwarding alone, and is gone afterwards with everything it ran.
#
#   RABBITBRIDGE_ENGINE_ROOT   the private engine's images (default /var/lib/rabbitbridge/engine; kept for the next run)
set -eu

say() { echo "with-engine: $*" >&2; }

[ $# -gt 0 ] || { sed -n '2,8s/^# \{0,1\}//p' "$0" >&2; exit 64; }

# Testcontainers asks for 1.44 unless it is told otherwise; an engine older than that refuses.
export_api_version() {
    [ -z "${DOCKER_API_VERSION:-}" ] || return 0
    api=$(docker version --format '{{.Server.APIVersion}}')
    if [ "${api%%.*}" -eq 1 ] && [ "${api#*.}" -lt 44 ]; then
        export DOCKER_API_VERSION="$api"
    fi
}

if command -v docker >/dev/null 2>&1 && docker version --format '{{.Server.Version}}' >/dev/null 2>&1; then
    export_api_version
    exec "$@"
fi

[ "$(id -u)" -eq 0 ] || { say "no Docker engine answers, and only root can start a private one"; exit 69; }

missing=
command -v dockerd >/dev/null 2>&1 || missing="docker.io"
command -v ip >/dev/null 2>&1 || missing="$missing iproute2"
if [ -n "$missing" ]; then
    command -v apt-get >/dev/null 2>&1 || { say "install a Docker engine (dockerd) first"; exit 69; }
    say "installing $missing"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq >&2
    # shellcheck disable=SC2086  # a list of packages
    apt-get install -y -qq --no-install-recommends $missing >&2
fi
# From Debian 13 on, the client is a package of its own.
command -v docker >/dev/null 2>&1 || apt-get install -y -qq --no-install-recommends docker-cli >&2

root=${RABBITBRIDGE_ENGINE_ROOT:-/var/lib/rabbitbridge/engine}
mkdir -p "$root"
exec 9>"$root.lock"
if ! flock -n 9; then
    say "waiting for another run that uses $root"
    flock 9
fi

run=$(mktemp -d /tmp/rb-engine.XXXXXX)
engine=
had_bridge=0
[ -e /sys/class/net/docker0 ] && had_bridge=1

end() {
    status=$?
    trap '' INT TERM HUP
    if [ -n "$engine" ] && kill -0 "$engine" 2>/dev/null; then
        # The engine is private: whatever runs in it was started by the command.
        docker ps -aq 2>/dev/null | xargs -r docker rm -f -v >/dev/null 2>&1 || say "some containers were not removed"
        kill -TERM "$engine" 2>/dev/null || :
        # It must end with the engine: the number of a process that is gone is soon somebody else's, and this one ignores signals.
        (trap - INT HUP; trap 'kill "$!"; exit' TERM; sleep 30 & wait "$!"; kill -KILL "$engine") >/dev/null 2>&1 9>&- &
        killer=$!
        wait "$engine" 2>/dev/null || :
        kill -TERM "$killer" 2>/dev/null || :
        wait "$killer" 2>/dev/null || :
    fi
    [ "$had_bridge" -eq 1 ] || ip link delete docker0 2>/dev/null || :
    rm -rf "$run"
    exit "$status"
}
trap end EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# An own configuration: the machine's /etc/docker/daemon.json is not meant for this engine.
echo '{}' >"$run/daemon.json"

# setsid: Ctrl-C is for the command, not for the engine. pdeathsig: the engine ends even if this script is killed.
# No iptables: published ports go through docker-proxy, and containers need no way out.
setsid setpriv --pdeathsig TERM dockerd \
    --host "unix://$run/docker.sock" --data-root "$root" --exec-root "$run/exec" --pidfile "$run/dockerd.pid" \
    --ip 127.0.0.1 --iptables=false --ip6tables=false --ip-forward=false --ip-masq=false --userland-proxy=true \
    --config-file "$run/daemon.json" --log-level warn >"$run/dockerd.log" 2>&1 9>&- &
engine=$!

export DOCKER_HOST="unix://$run/docker.sock"
unset DOCKER_CONTEXT DOCKER_API_VERSION
tries=0
until docker version --format '{{.Server.Version}}' >/dev/null 2>&1; do
    tries=$((tries + 1))
    if [ "$tries" -gt 300 ] || ! kill -0 "$engine" 2>/dev/null; then
        say "dockerd did not start:"
        tail -n 20 "$run/dockerd.log" >&2
        exit 69
    fi
    sleep 0.1
done
export_api_version
# The reaper is an image of its own, which a site without a registry lacks; the end of this script does its work.
export TESTCONTAINERS_RYUK_DISABLED=true
# On a machine made from a container image (/.dockerenv) it would look for published ports on the bridge's address.
export TESTCONTAINERS_HOST_OVERRIDE=127.0.0.1

status=0
"$@" 9>&- || status=$?
exit "$status"
