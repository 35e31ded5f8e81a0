#!/bin/sh
# Makes a RabbitMQ 4 image without any container registry:   docker/make-broker-image.sh [IMAGE]
#
# Debian 13 (trixie) with Debian's rabbitmq-server 4.0, by debootstrap and `docker import`; needs root, about a minute and
# 1 GB of room in the temporary folder. Does nothing if the image is there. Default name: rabbitbridge/rabbitmq:4-debian.
# Like the official image it listens on every interface of its container, logs to standard output, reads
# /etc/rabbitmq/conf.d/*.conf and understands RABBITMQ_DEFAULT_USER and RABBITMQ_DEFAULT_PASS.
#
#   RABBITBRIDGE_DEBIAN_MIRROR   a Debian mirror (default: the one that apt uses here if this is Debian)
set -eu

image=${1:-rabbitbridge/rabbitmq:4-debian}
say() { echo "make-broker-image: $*" >&2; }

if ! { command -v docker && docker version --format '{{.Server.Version}}'; } >/dev/null 2>&1; then
    # with-engine.sh runs its command only once an engine answers, so this cannot come round again.
    exec "$(dirname "$0")/with-engine.sh" "$0" "$image"
fi

if docker image inspect "$image" >/dev/null 2>&1; then
    say "$image is there already"
    exit 0
fi

[ "$(id -u)" -eq 0 ] || { say "debootstrap needs root"; exit 77; }
if ! command -v debootstrap >/dev/null 2>&1; then
    say "installing debootstrap"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq >&2
    apt-get install -y -qq --no-install-recommends debootstrap debian-archive-keyring >&2
fi

# The mirror that apt uses here is the nearest one, and behind a closed network the only one.
apt_mirror() {
    (
        . /etc/os-release
        [ "${ID:-}" = debian ] || exit 0
        apt-get indextargets --format '$(RELEASE) $(REPO_URI)' 'Created-By: Packages' |
            awk -v release="${VERSION_CODENAME:-}" '$1 == release && $2 ~ /^https?:/ { print $2; exit }'
    )
}
mirror=${RABBITBRIDGE_DEBIAN_MIRROR:-$(apt_mirror)}
mirror=${mirror:-http://deb.debian.org/debian}

folder=$(mktemp -d "${TMPDIR:-/tmp}/rb-image.XXXXXX")
trap 'rm -rf --one-file-system "$folder"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

say "debootstrap trixie from $mirror"
if ! debootstrap --variant=minbase --include=rabbitmq-server trixie "$folder/root" "$mirror" >"$folder/log" 2>&1; then
    tail -n 20 "$folder/log" >&2
    exit 1
fi

# What a broker never reads; the cookie must be each container's own.
rm -rf "$folder/root/var/cache/apt" "$folder/root/var/lib/apt/lists" "$folder/root/usr/share/doc" \
    "$folder/root/usr/share/man" "$folder/root/usr/share/locale" "$folder/root/var/lib/rabbitmq/.erlang.cookie"
mkdir -p "$folder/root/etc/rabbitmq/conf.d"

say "importing $image"
# The server itself and not Debian's wrapper in /usr/sbin, which sends standard output to a file.
tar -C "$folder/root" -c . | docker import \
    --change 'USER rabbitmq' \
    --change 'WORKDIR /var/lib/rabbitmq' \
    --change 'ENV PATH=/usr/lib/rabbitmq/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' \
    --change 'ENV HOME=/var/lib/rabbitmq LANG=C.UTF-8 RABBITMQ_LOGS=-' \
    --change 'EXPOSE 5672' \
    --change 'CMD ["rabbitmq-server"]' \
    - "$image" >/dev/null
say "$image is ready"
