#!/usr/bin/env bash
# Packs everything, installs each package into fresh projects outside the repository, as people would, and runs the examples of the documentation with them.
# Needs what `./bridge pack` needs, and an installed rabbitmq-server. Packages of others come from the machine's own folder of them.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 UseSharedCompilation=false DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
[ -n "${HOME:-}" ] || { unset HOME; export HOME=~; }
work=$(mktemp -d "${TMPDIR:-/tmp}/rb-packages.XXXXXX")
running=()

finish() {
    # Each ends with its standard input, or by its id.
    exec 3>&-
    for id in ${running[@]+"${running[@]}"}; do
        kill "$id" 2>/dev/null || true
        wait "$id" 2>/dev/null || true
    done
    rm -rf "$work"
}
trap finish EXIT

say() { echo "packages: $*"; }

# expect WHAT PATTERN COMMAND…: it says what it should, and ends well.
expect() {
    local what=$1 pattern=$2 output code=0
    shift 2
    output=$("$@" 2>&1) || code=$?
    [ "$code" -eq 0 ] && grep -qE "$pattern" <<<"$output" || { say "$what should have said '$pattern'; it ended with $code, and said: $output"; exit 1; }
    say "$what: ok"
}

# until_line FILE PATTERN: waits until a program that runs has said it, and prints what the pattern matches.
until_line() {
    for _ in $(seq 600); do
        grep -oE -m 1 "$2" "$1" && return
        kill -0 "${running[-1]}" 2>/dev/null || break
        sleep 0.1
    done
    say "'$2' is not in what it said in a minute: $(cat "$1")" >&2
    return 1
}

# A copy: what is packed is built anew, and tests may be running with what is here.
mkdir "$work/source" "$work/apps"
(cd "$root" && git ls-files -co --exclude-standard -z | tar --null -T - -cf -) | tar -C "$work/source" -xf -
"$work/source/bridge" pack "$work/packages" >"$work/pack.log" 2>&1 || { cat "$work/pack.log"; exit 1; }
say "$(ls "$work/packages"/*.nupkg "$work/packages"/*.tgz | wc -l) packages"

# Fresh packages. NuGet looks into the folder that all projects share first, and only what is not there is asked of the machine's sources.
shared=${NUGET_PACKAGES:-$HOME/.nuget/packages}
! ls -d "$shared"/rabbitbridge* >/dev/null 2>&1 || { say "packages of another build are in $shared, and would be taken: $(ls -d "$shared"/rabbitbridge*)"; exit 1; }
version=$(basename "$(ls "$work/packages"/RabbitBridge.RabbitMq.*.nupkg)" .nupkg)
version=${version#RabbitBridge.RabbitMq.}
telemetry=$(sed -nE 's/.*"OpenTelemetry.Extensions.Hosting" Version="([^"]+)".*/\1/p' "$root/Directory.Packages.props")
export NUGET_PACKAGES=$work/nuget
cat >"$work/apps/nuget.config" <<XML
<configuration>
  <packageSources><add key="packed" value="$work/packages" /></packageSources>
  <fallbackPackageFolders><clear /><add key="shared" value="$shared" /></fallbackPackageFolders>
</configuration>
XML

# app NAME: a project of its own from a folder with sources and the project that they have in the repository.
app() {
    local name=$1 from=$2
    mkdir "$work/apps/$name"
    cp "$from"/*.cs "$work/apps/$name"
    sed -E 's#<ProjectReference Include=".*/(RabbitBridge[A-Za-z.]*)\.csproj" />#<PackageReference Include="\1" Version="'$version'" />#
        s#(<PackageReference Include="OpenTelemetry[^"]*") />#\1 Version="'$telemetry'" />#
        s#</Project>#<PropertyGroup><TargetFramework>net10.0</TargetFramework><OutputType>Exe</OutputType><ImplicitUsings>enable</ImplicitUsings><Nullable>enable</Nullable></PropertyGroup></Project>#' \
        "$from/$name.csproj" >"$work/apps/$name/$name.csproj"
}

for sample in "$root"/samples/*/*.csproj; do
    app "$(basename "$sample" .csproj)" "$(dirname "$sample")"
done
app Broker "$root/tests/packages/Broker"
cat >"$work/apps/all.proj" <<'XML'
<Project>
  <ItemGroup><App Include="*/*.csproj" /></ItemGroup>
  <Target Name="Restore"><MSBuild Projects="@(App)" Targets="Restore" /></Target>
  <Target Name="Build"><MSBuild Projects="@(App)" Targets="Build" BuildInParallel="true" /></Target>
</Project>
XML
(cd "$work/apps" && dotnet msbuild all.proj -t:Restore -v:quiet -m && dotnet msbuild all.proj -t:Build -p:Configuration=Release -v:quiet -m) >"$work/build.log" 2>&1 || { cat "$work/build.log"; exit 1; }
say "$(ls -d "$work/apps"/*/ | wc -l) projects build"

# run NAME [ARGUMENT…]
run() {
    local name=$1
    shift
    timeout 60 dotnet exec "$work/apps/$name/bin/Release/net10.0/$name.dll" "$@"
}

mkfifo "$work/broker.in"
exec 3<>"$work/broker.in"
run_broker() { exec dotnet exec "$work/apps/Broker/bin/Release/net10.0/Broker.dll" <"$work/broker.in"; }
run_broker >"$work/broker.log" 2>&1 3>&- &
running+=($!)
amqp=$(until_line "$work/broker.log" 'amqp://\S+')

expect FirstSteps '^2 tea at shop/orders/new$' run FirstSteps "$amqp"
expect Hosting '^2 tea$' run Hosting "$amqp"
expect OwnGateway '^Hello Ann$' run OwnGateway "$amqp" --urls=http://127.0.0.1:0
expect Projects '^2 sent, 3$' run Projects
expect Security 'BadgeAuthenticator is asked first' run Security
expect Testing '^Hello Ann again$' run Testing

(cd "$work/apps" && dotnet tool install RabbitBridge.Tool --version "$version" --tool-path "$work/tool") >"$work/tool.log" 2>&1 || { cat "$work/tool.log"; exit 1; }
hash=$(echo secret | "$work/tool/rabbitbridge" hash-password)
"$work/tool/rabbitbridge" gateway --Fabric InMemory --urls http://127.0.0.1:0 --Security:Principals:orders:PasswordHash "$hash" \
    --Security:Principals:service:PasswordHash "$hash" >"$work/gateway.log" 2>&1 3>&- &
running+=($!)
gateway=$(until_line "$work/gateway.log" 'http://127\.0\.0\.1:[0-9]+')
expect RemoteClient '^Hello Ann$' run RemoteClient "$gateway"
expect "the tool" '^1 session' env RABBITBRIDGE_PASSWORD=secret "$work/tool/rabbitbridge" sessions --address "$gateway" --principal orders

mkdir "$work/js"
(cd "$work/js" && echo '{ "private": true }' >package.json && npm install --no-audit --no-fund --prefer-offline "$work/packages"/rabbitbridge-*.tgz) >"$work/npm.log" 2>&1 || { cat "$work/npm.log"; exit 1; }
cp "$root/samples/js/first-steps.mjs" "$work/js"
expect "first-steps.mjs" '^true$' env -C "$work/js" GATEWAYS="$gateway" timeout 60 node first-steps.mjs

# The tutorial, as it is typed. What is not published yet comes from the packed file.
mkdir "$work/apps/tutorial" "$work/bin"
cat >"$work/bin/npm" <<SH
#!/usr/bin/env bash
exec $(command -v npm) "\${@/#rabbitbridge/$(echo "$work/packages"/rabbitbridge-*.tgz)}" --prefer-offline --no-audit --no-fund
SH
chmod +x "$work/bin/npm"
PATH="$work/bin:$work/tool:$PATH" RabbitMq__Uri=$amqp \
    expect "the tutorial" 'tea costs 3 euros, says the service at gateway b' timeout 300 "$root/samples/Tutorial/walk.sh" "$work/apps/tutorial" "$root/samples/Tutorial"
