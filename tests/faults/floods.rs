//! Peers that send without end, beside others that wait for their share of this machine.

use support::*;

#[test]
fn floods_do_not_change_other_verdicts() {
    const FLOODS: usize = 30;
    const OTHERS: usize = 300;
    let (floods, greets, splits, busy) = (
        Fleet::new(Manner::Floods),
        Fleet::new(Manner::Greets),
        Fleet::new(Manner::Splits),
        Fleet::new(Manner::Busy),
    );
    let identity = self_signed(Leaf::good(), Constraint::NoCa);
    let tls = Server::tls(&identity, TLS13, |peer| peer.say("220 ready\r\n"));
    // What comes never matches, and might yet: it is read for as long as there is time.
    let mut list = format!("127.0.0.1:{} -e z -t 3\n", floods.port()).repeat(FLOODS);
    let (greets, splits, busy) = (greets.port(), splits.port(), busy.port());
    for _ in 0..OTHERS / 3 {
        list.push_str(&format!(
            "127.0.0.1:{greets}\n127.0.0.1:{splits}\n127.0.0.1:{busy}\n"
        ));
    }
    list.push_str(&format!("127.0.0.1:{} -S --no-check-certificate\n", tls.port()).repeat(10));
    let program = program!("--targets - -e ^220 -t 20 --format json --parallel 100");
    let mut running = program.start();
    running.pour(list);
    floods.wait_for(FLOODS);
    let listed = running.end();
    listed.exits(2);
    let objects = listed.objects();
    assert_eq!(objects.len(), FLOODS + OTHERS + 10, "{listed}");
    for object in objects {
        let port = object["port"].as_u64().map(|port| port as u16);
        let reason = match port {
            _ if port == Some(floods.port()) || port == Some(busy) => "mismatch",
            _ => "ok",
        };
        assert_eq!(object["reason"], reason, "{object}");
        let elapsed = object["elapsed"].as_f64().expect("seconds");
        let is_flood = port == Some(floods.port());
        assert!(!is_flood || elapsed >= 3.0, "{object}");
    }
}
