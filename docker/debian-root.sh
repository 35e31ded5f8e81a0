#!/bin/sh
# Makes the root of a Debian 13 (trixie):   docker/debian-root.sh FOLDER PACKAGE[,PACKAGE…]
#
# By debootstrap, without what a container never reads; needs root. The scripts that make images without a registry use it.
#
#   RABBITBRIDGE_DEBIAN_MIRROR   a Debian mirror (default: the one that apt uses here if this is Debian)
set -eu

say() { echo "debian-root: $*" >&2; }

[ $# -eq 2 ] || { sed -n '2,6s/^# \{0,1\}//p' "$0" >&2; exit 64; }
root=$1
packages=$2

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
        # shellcheck source=/dev/null
        . /etc/os-release
        [ "${ID:-}" = debian ] || exit 0
        # shellcheck disable=SC2016  # apt's variables
        apt-get indextargets --format '$(RELEASE) $(REPO_URI)' 'Created-By: Packages' |
            awk -v release="${VERSION_CODENAME:-}" '$1 == release && $2 ~ /^https?:/ { print $2; exit }'
    )
}
mirror=${RABBITBRIDGE_DEBIAN_MIRROR:-$(apt_mirror)}
mirror=${mirror:-http://deb.debian.org/debian}

say "debootstrap trixie from $mirror"
if ! debootstrap --variant=minbase --include="$packages" trixie "$root" "$mirror" >"$root.log" 2>&1; then
    tail -n 20 "$root.log" >&2
    exit 1
fi
rm -rf "$root/var/cache/apt" "$root/var/lib/apt/lists" "$root/usr/share/doc" "$root/usr/share/man" "$root/usr/share/locale"
