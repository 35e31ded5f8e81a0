#!/usr/bin/env bash
# Checks the gateway's image and the compose files with the Docker engine that answers (without one: with-engine.sh check.sh …):
#
#   docker/check.sh [one|cluster|all] [COMMAND…]
#
# Builds the image, starts compose.yaml (one), compose.cluster.yaml (cluster) or one after the other (all, the default), waits until
# every gateway is ready, runs the command with the gateways' addresses as its last arguments (default: requests from each gateway to
# each other), stops the gateways, who must end by themselves, and removes what it made. Needs Docker's compose plugin, or
# docker-compose 1.29. The images are the official ones unless the environment says otherwise:
#
#   RABBITBRIDGE_BROKER_IMAGE, RABBITBRIDGE_SDK_IMAGE, RABBITBRIDGE_ASPNET_IMAGE
#   RABBITBRIDGE_GATEWAY_IMAGE   a gateway's image that is there already: nothing is built
set -euo pipefail

say() { echo "check: $*" >&2; }
fail() { say "$*"; exit 1; }

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
kind=all
case ${1:-} in
    one | cluster | all) kind=$1; shift ;;
    -h | --help) sed -n '2,14s/^# \{0,1\}//p' "$0"; exit 0 ;;
esac
if [ $# -eq 0 ]; then
    set -- dotnet run --project "$here/../tests/RabbitBridge.Docker.Testing.Tests" -c Release --
fi

case $kind in
    one | all) file=compose.yaml brokers=(broker) gateways=(gateway-a gateway-b) limit=300 ;;
    cluster) file=compose.cluster.yaml brokers=(broker-1 broker-2 broker-3) gateways=(gateway-a gateway-b gateway-c) limit=600 ;;
esac

docker version --format '{{.Server.Version}}' >/dev/null 2>&1 || fail "no Docker engine answers; as root, docker/with-engine.sh runs a command with one"
if docker compose version >/dev/null 2>&1; then
    compose_program=(docker compose)
elif docker-compose version >/dev/null 2>&1; then
    compose_program=(docker-compose)
else
    fail "neither Docker's compose plugin nor docker-compose is installed"
fi

# Nothing of this run meets anything else on the engine: an own project, own tags, and ports that the engine chooses.
project=rb-check-$$
made_images=()
if [ -z "${RABBITBRIDGE_GATEWAY_IMAGE:-}" ]; then
    export RABBITBRIDGE_GATEWAY_IMAGE=rabbitbridge/gateway:$project
    # The stage by a name too, so that it can be removed.
    stage_image=rabbitbridge/gateway-build:$project
    made_images=("$RABBITBRIDGE_GATEWAY_IMAGE" "$stage_image")
fi
export RABBITBRIDGE_BROKER_PORT=0 RABBITBRIDGE_MANAGEMENT_PORT=0
export RABBITBRIDGE_GATEWAY_A_PORT=0 RABBITBRIDGE_GATEWAY_B_PORT=0 RABBITBRIDGE_GATEWAY_C_PORT=0
export RABBITBRIDGE_SDK_IMAGE=${RABBITBRIDGE_SDK_IMAGE:-mcr.microsoft.com/dotnet/sdk:10.0}
export RABBITBRIDGE_ASPNET_IMAGE=${RABBITBRIDGE_ASPNET_IMAGE:-mcr.microsoft.com/dotnet/aspnet:10.0}

limited=()
compose() {
    # docker-compose 1.29, Debian 12's, does not know the key 'name', and takes a file that it reads for one in the current folder.
    (cd "$here" && sed '/^name:/d' "$file" | "${limited[@]}" "${compose_program[@]}" --project-name "$project" --file - "$@")
}

output=$(mktemp "${TMPDIR:-/tmp}/rb-check.XXXXXX")
# quietly COMMAND…: what it prints shows only if it fails.
quietly() {
    "$@" >"$output" 2>&1 || { cat "$output" >&2; fail "failed: $*"; }
}

end() {
    local status=$?
    trap '' INT TERM HUP
    limited=()
    if [ "$status" -ne 0 ] && [ "$kind" != all ]; then
        compose ps >&2 || :
        compose logs --no-color --tail 40 >&2 || :
    fi
    if ! { compose down --volumes --remove-orphans --timeout 10 && remove_images; } >"$output" 2>&1; then
        cat "$output" >&2
        say "not everything could be removed"
        [ "$status" -ne 0 ] || status=1
    fi
    rm -f "$output"
    exit "$status"
}
remove_images() {
    local image
    for image in "${made_images[@]}"; do
        if docker image inspect "$image" >/dev/null 2>&1; then docker rmi "$image"; fi
    done
}
trap end EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

container() { compose ps -q "$1"; }
state() { docker inspect --format "$2" "$1"; }

if [ ${#made_images[@]} -gt 0 ]; then
    say "building the gateway's image"
    build=(docker build --file "$here/gateway/Dockerfile"
        --build-arg "SDK_IMAGE=$RABBITBRIDGE_SDK_IMAGE" --build-arg "ASPNET_IMAGE=$RABBITBRIDGE_ASPNET_IMAGE")
    quietly "${build[@]}" --target build --tag "$stage_image" "$here/.."
    quietly "${build[@]}" --tag "$RABBITBRIDGE_GATEWAY_IMAGE" "$here/.."
    user=$(docker run --rm --network none --entrypoint id "$RABBITBRIDGE_GATEWAY_IMAGE" -u)
    [ "$user" -ne 0 ] || fail "the gateway's image runs as root"
    say "the image is built after $SECONDS s, runs as user $user"
fi

if [ "$kind" = all ]; then
    "$0" one "$@"
    "$0" cluster "$@"
    exit
fi

quietly compose config
say "$file is valid (${compose_program[*]} $("${compose_program[@]}" version --short))"

start=$SECONDS
limited=(timeout --foreground "$limit")
quietly compose up --detach --no-build "${brokers[@]}" "${gateways[@]}"
limited=()
addresses=()
for gateway in "${gateways[@]}"; do
    id=$(container "$gateway")
    until [ "$(state "$id" '{{.State.Health.Status}}')" = healthy ]; do
        [ $((SECONDS - start)) -lt "$limit" ] || fail "$gateway is not ready after $limit s"
        [ "$(state "$id" '{{.State.Running}} {{.RestartCount}}')" = "true 0" ] || fail "$gateway has ended, instead of becoming ready"
        sleep 0.5
    done
    port=$(docker port "$id" 8080/tcp | head -n 1)
    addresses+=("http://127.0.0.1:${port##*:}")
done
say "${#brokers[@]} broker(s) and ${#gateways[@]} gateways are ready after $((SECONDS - start)) s"

# on_broker COMMAND…: answers with what rabbitmqctl prints on the first broker.
on_broker() {
    docker exec "$(container "${brokers[0]}")" rabbitmqctl --quiet "$@" 2>"$output" || { cat "$output" >&2; fail "rabbitmqctl $* failed"; }
}

if [ "$kind" = cluster ]; then
    running=$(on_broker eval 'lists:sort(rabbit_nodes:list_running()).')
    [ "$running" = "['rabbit@broker-1','rabbit@broker-2','rabbit@broker-3']" ] || fail "the brokers are not one cluster; broker-1 knows $running"
    say "the brokers are one cluster"
fi

timeout 180 "$@" "${addresses[@]}" || fail "requests do not cross the gateways"

if [ "$kind" = cluster ]; then
    # They outlive their handlers for a while.
    queues=$(on_broker --no-table-headers list_queues name type members | grep -F .handler.)
    [ "$(echo "$queues" | grep -cE $'\tquorum\t\\[[^,]+, [^,]+, [^,]+\\]$')" -eq ${#gateways[@]} ] ||
        fail "not ${#gateways[@]} quorum queues of three members each: $queues"
    say "the handlers' queues are quorum queues on all brokers"
fi

for gateway in "${gateways[@]}"; do
    id=$(container "$gateway")
    restarts=$(state "$id" '{{.RestartCount}}')
    [ "$restarts" -eq 0 ] || fail "$gateway was restarted $restarts times"
done
quietly compose stop "${gateways[@]}"
for gateway in $(compose ps --all -q "${gateways[@]}"); do
    status=$(state "$gateway" '{{.State.ExitCode}}')
    [ "$status" -eq 0 ] || fail "$(state "$gateway" '{{.Name}}') ended with code $status when it was stopped"
done
say "the gateways ended by themselves when they were stopped"
