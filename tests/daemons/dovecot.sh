# shellcheck shell=bash disable=SC2034 # lib.sh reads PORTS, LOGS and SESSION_END.
# POP, SPOP, IMAP, SIMAP, SIEVE: dovecot's login services. LMTP: its delivery.

dovecot_suite() {
    needs root dovecot dovecot-pop3d dovecot-imapd dovecot-lmtpd dovecot-managesieved || return 0
    local pop spop imap simap sieve lmtp
    free_port pop spop imap simap sieve lmtp
    PORTS=("$pop" "$spop" "$imap" "$simap" "$sieve" "$lmtp")
    LOGS=("$DIR/dovecot.log")
    SESSION_END=': Info: .*rip=127\.0\.0\.1'
    dovecot_configure "${PORTS[@]}"

    start dovecot -F -c "$DIR/dovecot.conf" || return 0
    greets POP "$pop" '\+OK Dovecot.* ready\.' dovecot_logged_out
    greets_under_tls SPOP "$spop" '\+OK Dovecot.* ready\.' dovecot_logged_out_under_tls
    greets IMAP "$imap" '\* OK \[CAPABILITY .*\] Dovecot.* ready\.' dovecot_logged_out
    greets_under_tls SIMAP "$simap" '\* OK \[CAPABILITY .*\] Dovecot.* ready\.' dovecot_logged_out_under_tls
    serves SIEVE "$sieve" '"IMPLEMENTATION" "Dovecot.*OK .*' 'error|reset|Broken'
    has_state_of check_pop "$pop"
    has_state_of check_imap "$imap"
    has_state_of check_spop "$spop"
    has_state_of check_simap "$simap"
    upgrades imap "$imap" dovecot_logged_out_under_tls -E -s 'a1 CAPABILITY\r\n' -e '(?m)^a1 OK .*\n' \
        -q 'a2 LOGOUT\r\n'
    upgrades pop3 "$pop" dovecot_logged_out_under_tls -q QUIT
    upgrades sieve "$sieve" dovecot_logged_out_under_tls -e '(?m)^OK .*\n' -q LOGOUT
    SESSION_END='lmtp.*Disconnect'
    serves LMTP "$lmtp" '220 .* Dovecot.* ready\.' 'error|reset|Broken'
    upgrades lmtp "$lmtp" dovecot_lmtp_quit -q QUIT
    stop
    sed -i 's/^ssl = yes$/ssl = no/' "$DIR/dovecot.conf"
    SESSION_END=
    PORTS=("$pop" "$imap" "$sieve" "$lmtp")
    start dovecot -F -c "$DIR/dovecot.conf" || return 0
    declines imap "$imap" 'a0 BAD '
    declines pop3 "$pop" '-ERR '
    declines sieve "$sieve" 'NO '
    declines lmtp "$lmtp" '250-'
    stop
    has_stopped POP "$pop"
    has_stopped SPOP "$spop"
    has_stopped IMAP "$imap"
    has_stopped SIMAP "$simap"
}

dovecot_lmtp_quit() {
    shows 'lmtp.*Disconnect from 127\.0\.0\.1: Logged out'
    shows_no 'Connection closed|reset|lost|SSL error|unexpected eof'
}

dovecot_configure() { # POP SPOP IMAP SIMAP SIEVE LMTP
    cat >"$DIR/dovecot.conf" <<CONF
base_dir = $DIR/run
state_dir = $DIR/state
instance_name = check-tcp
log_path = $DIR/dovecot.log
protocols = pop3 imap lmtp sieve
listen = 127.0.0.1
ssl = yes
ssl_cert = <$WORK/tls/server.pem
ssl_key = <$WORK/tls/server.key
verbose_ssl = yes
auth_verbose = yes
passdb {
  driver = static
  args = nopassword
}
userdb {
  driver = static
  args = uid=nobody gid=nogroup home=$DIR/home
}
service pop3-login {
  inet_listener pop3 {
    port = $1
  }
  inet_listener pop3s {
    port = $2
  }
}
service managesieve-login {
  inet_listener sieve {
    port = $5
  }
}
service lmtp {
  inet_listener lmtp {
    port = $6
  }
}
service imap-login {
  inet_listener imap {
    port = $3
  }
  inet_listener imaps {
    port = $4
  }
}
CONF
}

dovecot_logged_out() {
    shows 'Info: .*Aborted login by logging out .*, secured, '
    shows_no 'Connection closed|reset|lost|error|fail'
}

dovecot_logged_out_under_tls() {
    shows 'Info: .*Aborted login by logging out .*, TLS, '
    # `SSL_get_servername() failed` is logged for each client that asks for no name, as one must not
    # for an address.
    shows_no 'Connection closed|reset|lost|SSL error|SSL alert: where|unexpected eof|[a-z] failed'
}
