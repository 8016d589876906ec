# shellcheck shell=bash disable=SC2034 # lib.sh reads PORTS, LOGS and SESSION_END.
# CLAMD, AMQP, ZOOKEEPER: servers that take long to install and to start. They run on demand:
# tests/daemons/run BINARY clamav rabbitmq zookeeper

clamav_suite() {
    needs root clamav clamav-daemon || return 0
    local port
    free_port port
    PORTS=("$port")
    LOGS=("$DIR/output")
    SESSION_END=
    # One signature, of the test file that all scanners know.
    mkdir "$DIR/data"
    printf 'Eicar:0:*:58354f2150254041505b345c505a58353428505e2937434329377d2445494341522d5354414e44415244\n' \
        >"$DIR/data/test.ndb"
    chown -R clamav "$DIR"
    printf '%s\n' "DatabaseDirectory $DIR/data" "TCPSocket $port" 'TCPAddr 127.0.0.1' "LocalSocket $DIR/socket" \
        'Foreground yes' 'LogVerbose yes' 'User clamav' >"$DIR/clamd.conf"
    start clamd -c "$DIR/clamd.conf" || return 0
    serves CLAMD "$port" PONG 'error|warning|unknown|broken|reset'
    has_state_of check_clamd "$port"
    stop
    has_stopped CLAMD "$port"
}

# Its log has a warning for each check: a goodbye would need an account.
rabbitmq_suite() {
    needs root rabbitmq rabbitmq-server || return 0
    local port distribution epmd
    free_port port distribution epmd
    PORTS=("$port")
    LOGS=("$DIR/data/check-tcp@localhost.log")
    SESSION_END='closing AMQP connection'
    install -d -o rabbitmq "$DIR/data"
    start runuser -u rabbitmq -- env HOME="$DIR/data" RABBITMQ_LOG=debug \
        ERL_EPMD_PORT="$epmd" ERL_EPMD_ADDRESS=127.0.0.1 RABBITMQ_MNESIA_BASE="$DIR/data" RABBITMQ_LOG_BASE="$DIR/data" \
        RABBITMQ_NODENAME=check-tcp@localhost RABBITMQ_NODE_PORT="$port" RABBITMQ_NODE_IP_ADDRESS=127.0.0.1 \
        RABBITMQ_DIST_PORT="$distribution" RABBITMQ_CONFIG_FILE="$DIR/none" \
        RABBITMQ_ENABLED_PLUGINS_FILE="$DIR/data/plugins" /usr/lib/rabbitmq/bin/rabbitmq-server || return 0
    await grep -q 'Server startup complete' "${LOGS[0]}"
    serves AMQP "$port" '.*RabbitMQ.*en_US\\xce' '\[error\]|handshake_error|reset'
    stop
    # Erlang's port mapper outlives the server that started it.
    ERL_EPMD_PORT=$epmd epmd -kill >/dev/null
    has_stopped AMQP "$port"
}

zookeeper_is_well() { # PORT
    "$PROGRAM" --service ZOOKEEPER -H 127.0.0.1 -p "$1" >/dev/null
}

zookeeper_suite() {
    needs anyone zookeeper zookeeper || return 0
    local port quorum election others elections
    free_port port quorum election others elections
    PORTS=("$port")
    LOGS=("$DIR/output")
    SESSION_END=
    printf '%s\n' 'tickTime=2000' "dataDir=$DIR/data" "clientPort=$port" 'clientPortAddress=127.0.0.1' \
        'admin.enableServer=false' >"$DIR/zoo.cfg"
    # Its own script starts it without a log.
    local java=/usr/share/java
    local command=(java -cp "$java/zookeeper.jar:$java/slf4j-simple.jar"
        org.apache.zookeeper.server.quorum.QuorumPeerMain "$DIR/zoo.cfg")
    start "${command[@]}" || return 0
    # For a moment it says that it does not serve.
    await zookeeper_is_well "$port"
    serves ZOOKEEPER "$port" 'Zookeeper version: .*Mode: standalone\\nNode count: [0-9]+' 'WARN|ERROR|reset'
    stop
    # A node of two does not serve without the other.
    printf '%s\n' 'initLimit=5' 'syncLimit=2' "server.1=127.0.0.1:$quorum:$election" \
        "server.2=127.0.0.1:$others:$elections" >>"$DIR/zoo.cfg"
    echo 1 >"$DIR/data/myid"
    start "${command[@]}" || return 0
    check 2 '^ZOOKEEPER CRITICAL: Unexpected .*: This ZooKeeper instance is not currently serving requests$' \
        --service ZOOKEEPER -H 127.0.0.1 -p "$port"
    stop
    has_stopped ZOOKEEPER "$port"
}
