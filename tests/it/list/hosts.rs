//! Names in a list. Those that take a resolver of the test's own are in `tests/faults/`.

use support::*;

#[test]
fn names_and_addresses_are_checked_side_by_side() {
    let server = Fleet::new(Manner::Greets);
    let port = server.port();
    let list = format!("localhost:{port} -4\n127.0.0.1:{port}\nLOCALHOST:{port} -4\n").repeat(100);
    let listed = program!("--targets - -e ^220 -t 20 --format json").over(list);
    listed.exits(0);
    let objects = listed.objects();
    assert_eq!(objects.len(), 300, "{listed}");
    for object in objects {
        let named = object["host"] != "127.0.0.1";
        assert_eq!(object["phases"]["resolve"].is_f64(), named, "{object}");
    }
}
