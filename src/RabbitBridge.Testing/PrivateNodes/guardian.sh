# The parent of a private node's processes: guardian.sh FOLDER RABBITMQ-SERVER EPMD
# It holds the other end of a pipe from the tests. When that closes, in good order or because they were killed, it ends
# the node and its epmd and removes the folder, so nothing outlives the tests.
folder=$1 server=$2 epmd=$3
node=

end_node() {
    [ -n "$node" ] || return 0
    kill "-$1" "$node" 2>/dev/null
    wait "$node" 2>/dev/null
    node=
}

"$epmd" -address 127.0.0.1 </dev/null >"$folder/epmd.out" 2>&1 &
epmd_pid=$!
echo "epmd $epmd_pid"

while read -r command; do
    case $command in
        start)
            "$server" </dev/null >>"$folder/node.out" 2>&1 &
            node=$!
            echo "node $node"
            ;;
        stop)
            end_node TERM
            echo stopped
            ;;
        kill)
            end_node KILL
            echo killed
            ;;
    esac
done

end_node KILL
kill -KILL "$epmd_pid" 2>/dev/null
wait "$epmd_pid" 2>/dev/null
rm -rf "$folder"
