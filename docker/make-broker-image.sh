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

folder=$(mktemp -d "${TMPDIR:-/tmp}/rb-image.XXXXXX")
trap 'rm -rf --one-file-system "$folder"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

"$(dirname "$0")/debian-root.sh" "$folder/root" rabbitmq-server
# Each container's own.
rm -f "$folder/root/var/lib/rabbitmq/.erlang.cookie"
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
