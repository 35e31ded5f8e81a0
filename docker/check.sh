#!/usr/bin/env bash
# Checks the gateway's image and the compose files with the Docker engine that answers (without one: with-engine.sh check.sh …):
#
#   docker/check.sh [one|cluster] [COMMAND…]
#
# Builds the image, starts compose.yaml (one, the default) or compose.cluster.yaml, waits until every gateway is ready, runs the
# command with the gateways' addresses as its last arguments (default: requests from each gateway to each other), stops the
# gateways, who must end by themselves, and removes what it made. Needs Docker's compose plugin, or docker-compose 1.29.
# The images are the official ones unless the environment says otherwise:
#
#   RABBITBRIDGE_BROKER_IMAGE, RABBITBRIDGE_SDK_IMAGE, RABBITBRIDGE_ASPNET_IMAGE
set -euo pipefail

say() { echo "check: $*" >&2; }
fail() { say "$*"; exit 1; }

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
kind=one
case ${1:-} in
    one | cluster) kind=$1; shift ;;
    -h | --help) sed -n '2,13s/^# \{0,1\}//p' "$0"; exit 0 ;;
esac
if [ $# -eq 0 ]; then
    set -- dotnet run --project "$here/../tests/RabbitBridge.Docker.Testing.Tests" -c Release --
fi

case $kind in
    one) file=compose.yaml brokers=(broker) gateways=(gateway-a gateway-b) limit=120 ;;
    cluster) file=compose.cluster.yaml brokers=(broker-1 broker-2 broker-3) gateways=(gateway-a gateway-b gateway-c) limit=240 ;;
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
export RABBITBRIDGE_GATEWAY_IMAGE=rabbitbridge/gateway:$project
stage_image=rabbitbridge/gateway-build:$project
export RABBITBRIDGE_BROKER_PORT=0 RABBITBRIDGE_MANAGEMENT_PORT=0
export RABBITBRIDGE_GATEWAY_A_PORT=0 RABBITBRIDGE_GATEWAY_B_PORT=0 RABBITBRIDGE_GATEWAY_C_PORT=0
export RABBITBRIDGE_SDK_IMAGE=${RABBITBRIDGE_SDK_IMAGE:-mcr.microsoft.com/dotnet/sdk:10.0}
export RABBITBRIDGE_ASPNET_IMAGE=${RABBITBRIDGE_ASPNET_IMAGE:-mcr.microsoft.com/dotnet/aspnet:10.0}

compose() {
    # docker-compose 1.29, Debian 12's, does not know the key 'name'; the project's name is given here anyway.
    sed '/^name:/d' "$here/$file" | "${compose_program[@]}" --project-name "$project" --project-directory "$here" --file - "$@"
}

output=$(mktemp "${TMPDIR:-/tmp}/rb-check.XXXXXX")
# quietly COMMAND…: what it prints shows only if it fails.
quietly() {
    "$@" >"$output" 2>&1 || { cat "$output" >&2; fail "failed: $*"; }
}

end() {
    local status=$?
    trap '' INT TERM HUP
    if [ "$status" -ne 0 ]; then
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
    for image in "$RABBITBRIDGE_GATEWAY_IMAGE" "$stage_image"; do
        if docker image inspect "$image" >/dev/null 2>&1; then docker rmi "$image"; fi
    done
}
trap end EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

container() { compose ps -q "$1"; }
state() { docker inspect --format "$2" "$1"; }

quietly compose config
say "$file is valid (${compose_program[*]} $("${compose_program[@]}" version --short))"

say "building the gateway's image"
build=(docker build --file "$here/gateway/Dockerfile" --build-arg "SDK_IMAGE=$RABBITBRIDGE_SDK_IMAGE" --build-arg "ASPNET_IMAGE=$RABBITBRIDGE_ASPNET_IMAGE")
# The stage by a name too, so that it can be removed.
quietly "${build[@]}" --target build --tag "$stage_image" "$here/.."
quietly "${build[@]}" --tag "$RABBITBRIDGE_GATEWAY_IMAGE" "$here/.."
user=$(docker run --rm --network none --entrypoint id "$RABBITBRIDGE_GATEWAY_IMAGE" -u)
[ "$user" -ne 0 ] || fail "the gateway's image runs as root"
say "the image is built, runs as user $user"

start=$SECONDS
quietly timeout "$limit" bash -c "$(declare -p compose_program project here file); $(declare -f compose); compose up --detach --no-build ${brokers[*]} ${gateways[*]}"
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

if [ "$kind" = cluster ]; then
    for broker in "${brokers[@]}"; do
        docker exec "$(container broker-1)" rabbitmqctl --quiet eval "lists:member('rabbit@$broker', rabbit_nodes:list_running())." 2>"$output" | grep -qx true ||
            { cat "$output" >&2; fail "$broker is not in the cluster of broker-1"; }
    done
    say "the brokers are one cluster"
fi

timeout 60 "$@" "${addresses[@]}" || fail "requests do not cross the gateways"

if [ "$kind" = cluster ]; then
    queues=$(docker exec "$(container broker-1)" rabbitmqctl --quiet --no-table-headers list_queues name type members)
    echo "$queues"
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
