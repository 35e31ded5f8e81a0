#!/usr/bin/env bash
# Succeeds if the gateway in this container answers a path with 200:   healthcheck.sh /healthz
# With bash alone, as .NET's images have neither curl nor wget.
port=${ASPNETCORE_HTTP_PORTS:-8080}
exec 3<>"/dev/tcp/127.0.0.1/${port%%;*}" || exit 1
printf 'GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' "${1:?a path}" >&3
read -r -t 4 _ status _ <&3
[ "$status" = 200 ]
