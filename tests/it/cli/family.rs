//! `-4`, `-6`: addresses of that family only. `tests/faults/names.rs` has names with addresses of
//! both.

use support::*;

#[test]
fn an_address_of_the_other_family_is_not_asked() {
    let server = Server::saying("220 ready\r\n");
    let port = server.port();
    check!("-6 -H 127.0.0.1 -p {port} -t 5").critical(format!(
        "^connecting to 127.0.0.1:{port}: only IPv6 addresses were asked for$"
    ));
    check!("-4 -H ::1 -p {port} -t 5").critical(format!(
        r"^connecting to \[::1\]:{port}: only IPv4 addresses were asked for$"
    ));
    check!("-4 -H 127.0.0.1 -p {port}").ok(timed(format!("on 127.0.0.1 port {port}")));
}
