# shellcheck shell=bash disable=SC2034 # lib.sh reads PORTS, LOGS and SESSION_END.
# FTP: vsftpd, with its protocol log.

vsftpd_suite() {
    needs root vsftpd vsftpd || return 0
    local port banner
    free_port port
    PORTS=("$port")
    LOGS=("$DIR/vsftpd.log")
    # The end of a connection is not logged; the answer to QUIT is.
    SESSION_END=
    vsftpd_configure "$port"

    start vsftpd "$DIR/vsftpd.conf" || return 0
    greets FTP "$port" '220 \(vsFTPd [0-9.]+\)' vsftpd_said_goodbye
    has_state_of check_ftp "$port"
    stop

    printf 'banner_file=%s\n' "$DIR/banner" >>"$DIR/vsftpd.conf"
    printf '421 lines of text\n\n  220 files\nand more\n' >"$DIR/banner"
    banner='220-421 lines of text\\r\\n220-\\r\\n220-  220 files\\r\\n220-and more\\r\\n220 '
    start vsftpd "$DIR/vsftpd.conf" || return 0
    check 0 "$(in_time FTP "127\.0\.0\.1 port $port" "$banner")" --service FTP -H 127.0.0.1 -p "$port"
    vsftpd_said_goodbye
    stop
    start vsftpd "$DIR/vsftpd.conf" || return 0
    declines ftp "$port" '530 '
    stop
    printf '%s\n' ssl_enable=YES "rsa_cert_file=$WORK/tls/server.pem" "rsa_private_key_file=$WORK/tls/server.key" \
        >>"$DIR/vsftpd.conf"
    start vsftpd "$DIR/vsftpd.conf" || return 0
    upgrades ftp "$port" vsftpd_said_goodbye -q QUIT
    stop
    has_stopped FTP "$port"
}

vsftpd_configure() { # PORT
    mkdir "$DIR/empty"
    cat >"$DIR/vsftpd.conf" <<CONF
listen=YES
background=NO
listen_address=127.0.0.1
listen_port=$1
anonymous_enable=NO
local_enable=YES
secure_chroot_dir=$DIR/empty
xferlog_enable=YES
log_ftp_protocol=YES
vsftpd_log_file=$DIR/vsftpd.log
CONF
}

vsftpd_said_goodbye() {
    shows 'FTP command: Client "127\.0\.0\.1", "QUIT"'
    shows 'FTP response: Client "127\.0\.0\.1", "221 Goodbye\."'
    shows_no 'OOPS|500 |reset|lost|abort|fail'
}
