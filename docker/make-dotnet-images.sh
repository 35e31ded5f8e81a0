#!/bin/sh
# Makes the two images that docker/gateway/Dockerfile builds on, without any container registry:
#
#   docker/make-dotnet-images.sh [ROOT_IMAGE]
#
# rabbitbridge/aspnet:10.0-debian: Debian 13 with this machine's .NET runtime; rabbitbridge/sdk:10.0-debian: with its .NET 10 SDK
# too, and with those NuGet packages of this machine that the lock files under src/ name (`dotnet restore` first), so that images
# are built without a network. Debian comes by debootstrap (root only), or is the ROOT_IMAGE: one based on Debian that has libssl,
# libstdc++ and zlib, such as that of make-broker-image.sh. An image that is there and is up to date is left as it is.
set -eu

say() { echo "make-dotnet-images: $*" >&2; }

if ! { command -v docker && docker version --format '{{.Server.Version}}'; } >/dev/null 2>&1; then
    # with-engine.sh runs its command only once an engine answers, so this cannot come round again.
    exec "$(dirname "$0")/with-engine.sh" "$0" "$@"
fi

root_image=${1:-}
here=$(cd "$(dirname "$0")/.." && pwd)
runtime_image=rabbitbridge/aspnet:10.0-debian
sdk_image=rabbitbridge/sdk:10.0-debian
bare_image=rabbitbridge/sdk:10.0-debian-bare

sdk=$(cd "$here" && dotnet --version)
dotnet=$(dirname "$(readlink -f "$(command -v dotnet)")")
newest() { find "$dotnet/shared/$1" -mindepth 1 -maxdepth 1 -name '10.0.*' | sort -V | tail -n 1; }
core=$(newest Microsoft.NETCore.App)
web=$(newest Microsoft.AspNetCore.App)
if [ -z "$core" ] || [ -z "$web" ]; then
    say "no .NET 10 runtime in $dotnet"
    exit 69
fi

folder=$(mktemp -d "${TMPDIR:-/tmp}/rb-image.XXXXXX")
trap 'rm -rf --one-file-system "$folder"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# made IMAGE WHAT: the image is there, and was made of that.
made() {
    [ "$(docker image inspect --format '{{index .Config.Labels "rabbitbridge.made-of"}}' "$1" 2>/dev/null)" = "$2" ]
}

runtime="$(basename "$core") $(basename "$web") ${root_image:-debootstrap}"
if ! made "$runtime_image" "$runtime"; then
    say "making $runtime_image"
    if [ -z "$root_image" ]; then
        root_image=rabbitbridge/debian:trixie
        if ! docker image inspect "$root_image" >/dev/null 2>&1; then
            "$here/docker/debian-root.sh" "$folder/root" ca-certificates,libgcc-s1,libssl3t64,libstdc++6,tzdata,zlib1g
            tar -C "$folder/root" -c . | docker import --change 'CMD ["bash"]' - "$root_image" >/dev/null
        fi
    fi
    # As Microsoft's image: the user, his number, the port.
    cat >"$folder/Dockerfile" <<TEXT
FROM $root_image
USER root
COPY dotnet /usr/share/dotnet
RUN ln -s /usr/share/dotnet/dotnet /usr/bin/dotnet && groupadd --gid 1654 app && useradd --uid 1654 --gid 1654 --create-home app
ENV APP_UID=1654 ASPNETCORE_HTTP_PORTS=8080 DOTNET_RUNNING_IN_CONTAINER=true DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=true
ENV HOME= LANG=C.UTF-8
WORKDIR /
CMD ["bash"]
LABEL rabbitbridge.made-of="$runtime"
TEXT
    tar -C "$dotnet" -cf "$folder/dotnet.tar" --transform 's,^,dotnet/,' \
        dotnet host "shared/${core#"$dotnet/shared/"}" "shared/${web#"$dotnet/shared/"}"
    tar -C "$folder" -rf "$folder/dotnet.tar" Dockerfile
    docker build --quiet --network none -t "$runtime_image" - <"$folder/dotnet.tar" >/dev/null
    rm "$folder/dotnet.tar"
fi

bare="$sdk $(docker image inspect --format '{{.Id}}' "$runtime_image")"
if ! made "$bare_image" "$bare"; then
    say "making $bare_image"
    cat >"$folder/Dockerfile" <<TEXT
FROM $runtime_image
USER root
COPY dotnet /usr/share/dotnet
ENV HOME=/root DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
LABEL rabbitbridge.made-of="$bare"
TEXT
    # Without what builds no C# project.
    tar -C "$dotnet" -cf "$folder/dotnet.tar" --transform 's,^,dotnet/,' --exclude "sdk/$sdk/FSharp" --exclude "sdk/$sdk/DotnetTools" \
        --exclude "sdk/$sdk/TestHostNetFramework" packs sdk-manifests "sdk/$sdk"
    tar -C "$folder" -rf "$folder/dotnet.tar" Dockerfile
    docker build --quiet --network none -t "$bare_image" - <"$folder/dotnet.tar" >/dev/null
    rm "$folder/dotnet.tar"
fi

# "name/version" of every package, from lines such as   "RabbitMQ.Client": {   and   "resolved": "7.2.2",
packages=$(awk -F'"' '/^      "[^"]+": \{/ { name = $2 } /"resolved":/ { print tolower(name) "/" $4 }' "$here"/src/*/packages.lock.json | sort -u)
full="$(echo "$packages" | cksum) $(docker image inspect --format '{{.Id}}' "$bare_image")"
if ! made "$sdk_image" "$full"; then
    say "making $sdk_image"
    cache=$(dotnet nuget locals global-packages --list)
    cache=${cache#global-packages: }
    for package in $packages; do
        [ -d "$cache/$package" ] || { say "$package is not in $cache: run 'dotnet restore' first"; exit 69; }
    done
    cat >"$folder/Dockerfile" <<TEXT
FROM $bare_image
COPY packages /root/.nuget/packages
LABEL rabbitbridge.made-of="$full"
TEXT
    # shellcheck disable=SC2086  # a list of folders
    tar -C "$cache" -cf "$folder/packages.tar" --transform 's,^,packages/,' $packages
    tar -C "$folder" -rf "$folder/packages.tar" Dockerfile
    docker build --quiet --network none -t "$sdk_image" - <"$folder/packages.tar" >/dev/null
fi
say "$runtime_image and $sdk_image are ready"
