# shellcheck shell=bash disable=SC2034 # lib.sh reads PORTS, LOGS and SESSION_END.
# SMTP, SSMTP: postfix's smtpd, in the clear and with TLS from the first byte. It logs through its
# own postlogd.

postfix_suite() {
    needs root postfix postfix || return 0
    local smtp ssmtp
    free_port smtp ssmtp
    PORTS=("$smtp" "$ssmtp")
    LOGS=("$DIR/maillog")
    SESSION_END='smtpd\[[0-9]+\]: disconnect from '
    postfix_configure "$smtp" "$ssmtp"

    MAIL_CONFIG=$DIR/conf start "$(postconf -c "$DIR/conf" -h daemon_directory)/master" -d || return 0
    greets SMTP "$smtp" '220 mail\.check-tcp\.test ESMTP Postfix' postfix_quit
    greets_under_tls SSMTP "$ssmtp" '220 mail\.check-tcp\.test ESMTP Postfix' postfix_quit_under_tls
    stop
    has_stopped SMTP "$smtp"
    has_stopped SSMTP "$ssmtp"
}

postfix_configure() { # SMTP SSMTP
    mkdir -p "$DIR"/conf "$DIR"/queue/pid
    install -d -o postfix -m 700 "$DIR"/data "$DIR"/queue/private
    install -d -o postfix -g postdrop -m 710 "$DIR"/queue/public
    cat >"$DIR/conf/main.cf" <<CONF
compatibility_level = 3.6
queue_directory = $DIR/queue
data_directory = $DIR/data
maillog_file = $DIR/maillog
maillog_file_prefixes = $DIR
myhostname = mail.check-tcp.test
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
mydestination =
alias_maps =
alias_database =
local_recipient_maps =
smtpd_peername_lookup = no
smtpd_relay_restrictions = reject
smtpd_tls_cert_file = $WORK/tls/server.pem
smtpd_tls_key_file = $WORK/tls/server.key
smtpd_tls_loglevel = 1
CONF
    cat >"$DIR/conf/master.cf" <<CONF
127.0.0.1:$1 inet n - n - - smtpd
127.0.0.1:$2 inet n - n - - smtpd
  -o smtpd_tls_wrappermode=yes
postlog unix-dgram n - n - 1 postlogd
anvil unix - - n - 1 anvil
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
CONF
}

postfix_quit() {
    shows 'disconnect from unknown\[127\.0\.0\.1\] quit=1 commands=1$'
    shows_no 'lost connection|improper|reset|error|warning|timeout'
}

# What stands behind QUIT before smtpd has answered it counts as a command sent ahead of its turn. A
# close_notify that comes so early reads as the end of the stream: `lost connection after QUIT`.
postfix_quit_under_tls() {
    shows 'TLS connection established from unknown\[127\.0\.0\.1\]: TLSv1\.3 '
    postfix_quit
}
