# shellcheck shell=bash disable=SC2034 # lib.sh reads PORTS, LOGS and SESSION_END.
# MQTT, NATS, IRC, JABBER, NNTP, NNTPS, RSYNC, SSH: servers that carry messages, files or sessions.

mosquitto_suite() {
    needs anyone mosquitto mosquitto || return 0
    local open closed
    free_port open closed
    PORTS=("$open" "$closed")
    LOGS=("$DIR/output")
    SESSION_END='disconnected|closed its connection'
    cat >"$DIR/mosquitto.conf" <<CONF
per_listener_settings true
listener $open 127.0.0.1
allow_anonymous true
listener $closed 127.0.0.1
allow_anonymous false
CONF
    start mosquitto -c "$DIR/mosquitto.conf" -v || return 0
    serves MQTT "$open" ' \\x02\\x00\\x00' 'error|reset|exceeded'
    check 2 '^MQTT CRITICAL: Unexpected response from host/socket:  \\x02\\x00\\x05$' \
        --service MQTT -H 127.0.0.1 -p "$closed"
    check 0 '^TCP OK: .* \[\\xd0\\x00\]$' -H 127.0.0.1 -p "$open" --steps "$here/../../contrib/steps/mqtt.steps"
    shows 'Received PINGREQ from monitor'
    stop
    has_stopped MQTT "$open"
}

nats_suite() {
    needs anyone nats nats-server || return 0
    local port
    free_port port
    PORTS=("$port")
    LOGS=("$DIR/output")
    SESSION_END='Client connection closed'
    start nats-server -a 127.0.0.1 -p "$port" -D || return 0
    serves NATS "$port" 'INFO \{"server_id":.*\} ' 'ERR|reset'
    stop
    # One at its limit greets all the same, and refuses what is said then.
    local ping=(--service NATS -H 127.0.0.1 -p "$port" -E -s 'PING\r\n' -e '^INFO .*\nPONG\r\n')
    printf 'max_connections: 1\n' >"$DIR/nats.conf"
    start nats-server -a 127.0.0.1 -p "$port" -D -c "$DIR/nats.conf" || return 0
    check 0 '^NATS OK: .* \[INFO .*\\r\\nPONG\]$' "${ping[@]}"
    exec {held}<>"/dev/tcp/127.0.0.1/$port"
    read -r -u "$held"
    check 2 "^NATS CRITICAL: Unexpected .*INFO .*-ERR 'maximum connections exceeded'" "${ping[@]}"
    exec {held}<&-
    stop
    has_stopped NATS "$port"
}

ngircd_suite() {
    needs anyone ngircd ngircd || return 0
    local port
    free_port port
    PORTS=("$port")
    LOGS=("$DIR/output")
    SESSION_END='Connection [0-9]+ with .* closed'
    ngircd_configure "$port" 0
    start ngircd -n -f "$DIR/ngircd.conf" || return 0
    serves IRC "$port" ':irc\.check-tcp\.test CAP \* LS :.*' 'error|reset|Broken'
    stop
    ngircd_configure "$port" 1
    start ngircd -n -f "$DIR/ngircd.conf" || return 0
    exec {held}<>"/dev/tcp/127.0.0.1/$port"
    SESSION_END=
    run_check 2 '^IRC CRITICAL: .*(ERROR :|closed|reset)' --service IRC -H 127.0.0.1 -p "$port"
    exec {held}<&-
    stop
    has_stopped IRC "$port"
}

# Without its module for capabilities, as its package configures it.
inspircd_suite() {
    needs root inspircd inspircd || return 0
    local port
    free_port port
    PORTS=("$port")
    LOGS=("$DIR/inspircd.log")
    SESSION_END='SOCKET: Remove file descriptor'
    chown irc "$DIR"
    cat >"$DIR/inspircd.conf" <<CONF
<server name="irc.check-tcp.test" description="check-tcp" network="check-tcp">
<admin name="check-tcp" nick="check-tcp" email="check-tcp@check-tcp.test">
<bind address="127.0.0.1" port="$port" type="clients">
<connect allow="*" resolvehostnames="no">
<log method="file" type="*" level="debug" flush="1" target="$DIR/inspircd.log">
<pid file="$DIR/pid">
CONF
    start runuser -u irc -- inspircd --nofork --config="$DIR/inspircd.conf" || return 0
    serves IRC "$port" ':irc\.check-tcp\.test .*451 .*' 'QuitUser.*(reset|broken|error|timeout)'
    # It ignores a command that it does not know before registration.
    check 2 '^TCP CRITICAL: starting TLS with .*: timed out after 1s$' --starttls irc -H 127.0.0.1 -p "$port" -t 1
    check 0 '^TCP OK: .* \[:irc\.check-tcp\.test 001 ' -H 127.0.0.1 -p "$port" --steps "$here/../../contrib/steps/irc.steps" -q QUIT
    stop
    install -o irc -m 600 "$WORK/tls/server.key" "$DIR/server.key"
    cat >>"$DIR/inspircd.conf" <<CONF
<module name="ssl_gnutls">
<module name="starttls">
<sslprofile name="Clients" provider="gnutls" certfile="$WORK/tls/server.pem" keyfile="$DIR/server.key">
<starttls provider="Clients">
CONF
    start runuser -u irc -- inspircd --nofork --config="$DIR/inspircd.conf" || return 0
    upgrades irc "$port" nothing -q QUIT
    stop
    has_stopped IRC "$port"
}

ngircd_configure() { # PORT CONNECTIONS
    cat >"$DIR/ngircd.conf" <<CONF
[Global]
Name = irc.check-tcp.test
Info = check-tcp
Listen = 127.0.0.1
Ports = $1
[Limits]
MaxConnections = $2
[Options]
Ident = no
PAM = no
DNS = no
CONF
}

prosody_suite() {
    needs root prosody prosody || return 0
    local port server
    free_port port server
    PORTS=("$port")
    LOGS=("$DIR/output")
    SESSION_END='Client disconnected'
    install -d -o prosody "$DIR/data"
    cat >"$DIR/prosody.cfg.lua" <<CONF
daemonize = false
pidfile = "$DIR/data/pid"
data_path = "$DIR/data"
interfaces = { "127.0.0.1" }
c2s_ports = { $port }
s2s_ports = { }
log = { debug = "*console" }
modules_enabled = { "saslauth"; "tls" }
VirtualHost "localhost"
VirtualHost "127.0.0.1"
VirtualHost "mail.check-tcp.test"
VirtualHost "wrong.check-tcp.test"
CONF
    start runuser -u prosody -- prosody --config "$DIR/prosody.cfg.lua" -F || return 0
    serves JABBER "$port" "<\?xml version='1\.0'\?><stream:stream .*" 'warn|error  |Broken|reset'
    has_state_of check_jabber "$port"
    stop
    SESSION_END=
    sed -i -e 's/"saslauth"; "tls" }/"saslauth" }/' \
        -e '1i c2s_require_encryption = false\nallow_unencrypted_plain_auth = true' "$DIR/prosody.cfg.lua"
    start runuser -u prosody -- prosody --config "$DIR/prosody.cfg.lua" -F || return 0
    declines xmpp "$port" '<\?xml .*<stream:features>.*</stream:features>$' --sni localhost
    stop
    install -o prosody -m 600 "$WORK/tls/server.key" "$DIR/data/server.key"
    sed -i -e "s/^s2s_ports = .*/s2s_ports = { $server }/" -e 's/"saslauth" }/"saslauth"; "tls"; "s2s" }/' "$DIR/prosody.cfg.lua"
    sed -i "/^VirtualHost/a ssl = { certificate = \"$WORK/tls/server.pem\"; key = \"$DIR/data/server.key\" }" \
        "$DIR/prosody.cfg.lua"
    PORTS=("$port" "$server")
    start runuser -u prosody -- prosody --config "$DIR/prosody.cfg.lua" -F || return 0
    upgrades xmpp "$port" nothing
    upgrades xmpp-server "$server" nothing
    stop
    has_stopped JABBER "$port"
}

inn2_suite() {
    local nnrpd=/usr/lib/news/bin/nnrpd
    needs root inn2 || return 0
    if [[ ! -x $nnrpd ]]; then
        skip 'not installed: inn2'
        return 0
    fi
    local port
    free_port port
    PORTS=("$port")
    LOGS=("$DIR/output")
    SESSION_END=
    inn2_configure
    # Before its overview is there, the server refuses.
    local command=(runuser -u news -- env INNCONF="$DIR/inn.conf" "$nnrpd" -D -f -4 127.0.0.1 -p "$port")
    start "${command[@]}" || return 0
    run_check 2 '^NNTP CRITICAL: Unexpected response from host/socket: 400 .*' --service NNTP -H 127.0.0.1 -p "$port"
    has_state_of check_nntp "$port"
    stop
    (cd "$DIR" && runuser -u news -- env INNCONF="$DIR/inn.conf" sh -c \
        '/usr/lib/news/bin/makedbz -i -o; /usr/lib/news/bin/makehistory -O -x') >"$DIR/history" 2>&1
    start "${command[@]}" || return 0
    serves NNTP "$port" '200 .* INN .* \(posting ok\)'
    has_state_of check_nntp "$port"
    upgrades nntp "$port" nothing -q QUIT
    stop
    sed -i '/^tls/d' "$DIR/inn.conf"
    start "${command[@]}" || return 0
    declines nntp "$port" '5[0-9][0-9] '
    stop
    inn2_configure
    start "${command[@]}" -S || return 0
    SSL_CERT_FILE=$WORK/tls/ca.pem serves NNTPS "$port" '200 .* INN .* \(posting ok\)'
    refuses_certificate NNTPS --service NNTPS -H 127.0.0.1 -p "$port"
    has_state_of check_nntps "$port"
    stop
    has_stopped NNTP "$port"
}

inn2_configure() {
    mkdir -p "$DIR"/{db,log,run,tmp} "$DIR"/spool/{articles,overview}
    cat >"$DIR/inn.conf" <<CONF
mta: "/bin/true %s"
ovmethod: tradindexed
hismethod: hisv6
domain: check-tcp.test
pathhost: news.check-tcp.test
pathnews: /usr/lib/news
pathetc: $DIR
pathdb: $DIR/db
pathlog: $DIR/log
pathrun: $DIR/run
pathtmp: $DIR/tmp
pathspool: $DIR/spool
patharticles: $DIR/spool/articles
tlscertfile: $DIR/server.pem
tlskeyfile: $DIR/server.key
CONF
    printf 'auth "all" { hosts: "*" default: "<all>" }\naccess "all" { users: "*" newsgroups: "*" }\n' >"$DIR/readers.conf"
    printf 'method tradspool {\n newsgroups: *\n class: 0\n}\n' >"$DIR/storage.conf"
    printf 'control 0000000000 0000000001 n\njunk 0000000000 0000000001 n\n' >"$DIR/db/active"
    : >"$DIR/db/newsgroups"
    : >"$DIR/db/history"
    cp "$WORK"/tls/server.{pem,key} "$DIR"
    chown -R news "$DIR"
    chmod 600 "$DIR/server.key"
}

rsync_suite() {
    needs anyone rsync rsync || return 0
    local port
    free_port port
    PORTS=("$port")
    LOGS=("$DIR/rsync.log")
    SESSION_END=childless
    printf 'use chroot = no\nlog file = %s\n[data]\npath = %s\n' "$DIR/rsync.log" "$DIR" >"$DIR/rsyncd.conf"
    start rsync --daemon --no-detach --port "$port" --address 127.0.0.1 --config "$DIR/rsyncd.conf" || return 0
    serves RSYNC "$port" '@RSYNCD: [0-9.]+.*' 'error|reset|closed'
    stop
    has_stopped RSYNC "$port"
}

sshd_suite() {
    needs root sshd openssh-server || return 0
    local port
    free_port port
    PORTS=("$port")
    LOGS=("$DIR/output")
    SESSION_END='Connection closed|drop connection'
    mkdir -p /run/sshd
    ssh-keygen -q -t ed25519 -N '' -f "$DIR/key"
    printf '%s\n' "Port $port" 'ListenAddress 127.0.0.1' "HostKey $DIR/key" "PidFile $DIR/pid" 'UsePAM no' \
        'LogLevel VERBOSE' 'MaxStartups 1' >"$DIR/sshd_config"
    start /usr/sbin/sshd -D -e -f "$DIR/sshd_config" || return 0
    serves SSH "$port" 'SSH-2\.0-OpenSSH_.*' 'error|invalid|reset'
    exec {held}<>"/dev/tcp/127.0.0.1/$port"
    SESSION_END=
    run_check 2 '^SSH CRITICAL: (Unexpected response from host/socket: (Exceeded MaxStartups|Not allowed).*|.*closed by peer.*)$' \
        --service SSH -H 127.0.0.1 -p "$port"
    exec {held}<&-
    stop
    has_stopped SSH "$port"
}
