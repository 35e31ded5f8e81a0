#!/usr/bin/env bash
# What docs/tutorial.md has people type, in one go; CI runs it with freshly packed packages. Each function would be a terminal.
set -euo pipefail
cd "$1"

gateway_a() {
    # region gateway-a
    rabbitbridge gateway --Gateway:Name a --urls http://localhost:5001 --Remote:AllowedOrigins:0 http://localhost:8080
    # endregion
}

gateway_b() {
    # region gateway-b
    rabbitbridge gateway --Gateway:Name b --urls http://localhost:5002 --Remote:AllowedOrigins:0 http://localhost:8080
    # endregion
}

new_service() {
    # region new-service
    dotnet new console --output shop
    cd shop
    dotnet add package RabbitBridge.Client
    # endregion
}

service() {
    cd shop
    # region service
    dotnet run
    # endregion
}

ask() {
    # region ask
    rabbitbridge request shop/price tea --address http://localhost:5002
    # endregion
}

look() {
    # region look
    rabbitbridge routes --address http://localhost:5002
    rabbitbridge sessions --address http://localhost:5002
    # endregion
}

new_page() {
    # region new-page
    mkdir page
    cd page
    npm init -y
    npm install rabbitbridge
    # endregion
}

page() {
    cd page
    # region page
    python3 -m http.server 8080
    # endregion
}

ids=()
trap 'for id in "${ids[@]}"; do kill -- "-$id" 2>/dev/null || true; done' EXIT
# until FILE PATTERN
until_said() {
    for _ in $(seq 600); do
        ! grep -qE "$2" "$1" || return 0
        sleep 0.1
    done
    echo "'$2' is not in a minute's output:" && cat "$1"
    return 1
}
# Each in a process group of its own: what it starts ends with it.
set -m
gateway_a >a.log 2>&1 &
ids+=($!)
gateway_b >b.log 2>&1 &
ids+=($!)
until_said a.log 'Now listening on'
until_said b.log 'Now listening on'
(new_service)
cp "$2/Program.cs" shop/Program.cs
# Its standard input stays open, or it would end.
(sleep infinity | service) >service.log 2>&1 &
ids+=($!)
until_said service.log 'Sells at gateway a'
(ask) | tee ask.log
grep -q 'tea costs 3 euros, says the service at gateway a' ask.log
(look) | tee look.log
grep -q 'shop/price' look.log
(new_page)
cp "$2/index.html" page/index.html
page >page.log 2>&1 &
ids+=($!)
# Ctrl-C: the service goes to the other gateway.
kill -INT -- "-${ids[0]}"
until_said a.log 'Application is shutting down|stops with'
for _ in $(seq 600); do
    (ask) >ask.log 2>&1 && grep -q 'at gateway b' ask.log && break
    sleep 0.1
done
grep 'tea costs 3 euros, says the service at gateway b' ask.log
