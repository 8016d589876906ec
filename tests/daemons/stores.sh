# shellcheck shell=bash disable=SC2034 # lib.sh reads PORTS, LOGS and SESSION_END.
# REDIS, MEMCACHED, POSTGRES, MYSQL, LDAP: servers that keep data, and are asked for none of it.

redis_suite() {
    needs anyone redis redis-server || return 0
    local port
    free_port port
    PORTS=("$port")
    LOGS=("$DIR/redis.log")
    SESSION_END=
    local options=(--port "$port" --bind 127.0.0.1 --dir "$DIR" --logfile "$DIR/redis.log" --loglevel debug)
    start redis-server "${options[@]}" || return 0
    serves REDIS "$port" '\+PONG' 'error|reset'
    stop
    # One that wants a password is well; one that lets in nobody is not.
    start redis-server "${options[@]}" --requirepass secret || return 0
    serves REDIS "$port" '-NOAUTH Authentication required\.' 'error|reset'
    check 2 '^TCP CRITICAL: Unexpected .*role:master.*connected_slaves:0.* \(step 6: expect connected_slaves:' \
        -H 127.0.0.1 -p "$port" --steps "$here/../../contrib/steps/redis.steps" -q QUIT -t 1
    check 0 '^TCP OK: .* \[.*role:master.*\]$' -H 127.0.0.1 -p "$port" -q QUIT --step 'send AUTH secret\r\n' \
        --step 'expect ^\+OK\r\n' --step 'send INFO replication\r\n' --step 'expect role:master'
    shows_no 'error|reset'
    stop
    start redis-server "${options[@]}" --maxclients 1 --tcp-backlog 8 || return 0
    exec {held}<>"/dev/tcp/127.0.0.1/$port"
    SESSION_END=
    run_check 2 '^REDIS CRITICAL: Unexpected response from host/socket: -ERR max number of clients reached$' \
        --service REDIS -H 127.0.0.1 -p "$port"
    exec {held}<&-
    stop
    has_stopped REDIS "$port"
}

memcached_suite() {
    needs root memcached memcached || return 0
    local port
    free_port port
    PORTS=("$port")
    LOGS=("$DIR/output")
    SESSION_END='connection closed'
    start memcached -u nobody -l 127.0.0.1 -p "$port" -vv || return 0
    serves MEMCACHED "$port" 'VERSION [0-9.]+' 'ERROR|reset'
    stop
    start memcached -u nobody -l 127.0.0.1 -p "$port" -t 1 -c 64 -o maxconns_fast || return 0
    # Its own files count too.
    local held=() descriptor
    for _ in {1..64}; do
        exec {descriptor}<>"/dev/tcp/127.0.0.1/$port"
        held+=("$descriptor")
    done
    run_check 2 '^MEMCACHED CRITICAL: Unexpected response from host/socket: ERROR Too many open connections$' \
        --service MEMCACHED -H 127.0.0.1 -p "$port"
    for descriptor in "${held[@]}"; do
        exec {descriptor}<&-
    done
    stop
    has_stopped MEMCACHED "$port"
}

postgresql_suite() {
    needs root postgresql postgresql || return 0
    local port programs
    free_port port
    PORTS=("$port")
    LOGS=("$DIR/output")
    SESSION_END='server process \(PID [0-9]+\) exited with exit code 0'
    programs=$(find /usr/lib/postgresql -path '*/bin/postgres' -printf '%h\n' -quit)
    install -d -o postgres -m 700 "$DIR/data"
    runuser -u postgres -- "$programs/initdb" -D "$DIR/data" -A trust >"$DIR/initdb" 2>&1
    install -o postgres -m 600 "$WORK/tls/server.key" "$DIR/data/server.key"
    install -o postgres -m 600 "$WORK/tls/server.pem" "$DIR/data/server.crt"
    local command=(runuser -u postgres -- "$programs/postgres" -D "$DIR/data" -p "$port" -k "$DIR/data"
        -c listen_addresses=127.0.0.1 -c log_min_messages=debug2)
    start "${command[@]}" || return 0
    serves POSTGRES "$port" N 'error|could not|invalid|incomplete|FATAL'
    declines postgres "$port" 'N$'
    stop
    # With TLS it says S, and logs that no handshake followed.
    start "${command[@]}" -c ssl=on || return 0
    serves POSTGRES "$port" S 'invalid|incomplete|FATAL'
    # It notes a client that goes without a start-up message, as it would in the clear.
    upgrades postgres "$port" nothing
    # There is no such user.
    SESSION_END='server process \(PID [0-9]+\) exited with exit code 1'
    SSL_CERT_FILE=$WORK/tls/ca.pem check 0 '^TCP OK: .* \[R\\x00\\x00\\x00.*\]$' --starttls postgres -H 127.0.0.1 \
        -p "$port" --steps "$here/../../contrib/steps/postgres.steps"
    stop
    has_stopped POSTGRES "$port"
}

mariadb_suite() {
    needs root mariadb mariadb-server || return 0
    local port
    free_port port
    PORTS=("$port")
    LOGS=("$DIR/output")
    SESSION_END=
    install -d -o mysql -m 700 "$DIR/data"
    mariadb-install-db --no-defaults --user=mysql --datadir="$DIR/data" >"$DIR/install" 2>&1
    # It can't know that nobody meant to log in.
    SESSION_END='Aborted connection .*\(This connection closed normally without authentication\)'
    start mariadbd --no-defaults --user=mysql --datadir="$DIR/data" --port="$port" --bind-address=127.0.0.1 \
        --socket="$DIR/data/socket" --max-connections=10 || return 0
    serves MYSQL "$port" '.*MariaDB.*' 'Got an error reading'
    declines mysql "$port" '.*MariaDB'
    # Connections to spare there are one for administrators.
    local held=() descriptor
    for _ in {1..12}; do
        exec {descriptor}<>"/dev/tcp/127.0.0.1/$port"
        held+=("$descriptor")
    done
    run_check 2 '^MYSQL CRITICAL: Unexpected response from host/socket: .*Too many connections$' \
        --service MYSQL -H 127.0.0.1 -p "$port"
    for descriptor in "${held[@]}"; do
        exec {descriptor}<&-
    done
    stop
    # What it logs differs from version to version.
    SESSION_END=
    install -o mysql -m 600 "$WORK/tls/server.key" "$DIR/data/server.key"
    start mariadbd --no-defaults --user=mysql --datadir="$DIR/data" --port="$port" --bind-address=127.0.0.1 \
        --socket="$DIR/data/socket" --ssl-cert="$WORK/tls/server.pem" --ssl-key="$DIR/data/server.key" || return 0
    upgrades mysql "$port" nothing
    stop
    has_stopped MYSQL "$port"
}

slapd_suite() {
    needs root slapd slapd || return 0
    local port
    free_port port
    PORTS=("$port")
    LOGS=("$DIR/output")
    SESSION_END='fd=[0-9]+ closed'
    mkdir "$DIR/data"
    slapd_configure ''
    start slapd -f "$DIR/slapd.conf" -h "ldap://127.0.0.1:$port" -d stats || return 0
    serves LDAP "$port" '0\\x0c\\x02\\x01\\x01a\\x07\\n\\x01\\x00\\x04\\x00\\x04\\x00' 'connection lost|error'
    shows 'BIND dn="" method=128|fd=[0-9]+ ACCEPT'
    declines ldap "$port" '0'
    stop
    slapd_configure "TLSCertificateFile $WORK/tls/server.pem
TLSCertificateKeyFile $WORK/tls/server.key"
    start slapd -f "$DIR/slapd.conf" -h "ldap://127.0.0.1:$port" -d stats || return 0
    upgrades ldap "$port" slapd_unbound -E -q '0\x05\x02\x01\x02B\x00'
    stop
    slapd_configure 'disallow bind_anon'
    start slapd -f "$DIR/slapd.conf" -h "ldap://127.0.0.1:$port" -d stats || return 0
    check 2 '^LDAP CRITICAL: Unexpected response from host/socket: 0' --service LDAP -H 127.0.0.1 -p "$port"
    stop
    has_stopped LDAP "$port"
}

slapd_unbound() {
    shows 'fd=[0-9]+ TLS established'
    shows 'op=[0-9]+ UNBIND'
    shows_no 'connection lost|error|failure'
}

slapd_configure() { # LINE
    cat >"$DIR/slapd.conf" <<CONF
include /etc/ldap/schema/core.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile $DIR/pid
$1
database mdb
suffix "dc=check-tcp,dc=test"
directory $DIR/data
CONF
}
