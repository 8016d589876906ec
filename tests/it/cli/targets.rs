//! The options of a list, as far as the command line alone decides what becomes of them.

use support::*;

#[test]
fn usage_errors_are_reported_before_the_list_is_opened() {
    for (wrong, message) in [
        ("-e '('", "^-e: "),
        ("--service FOO", "unknown service: FOO$"),
        ("-4 -6", "^-4 with -6: "),
        ("-t 0", "^-t 0: "),
        ("-p 99999", "^-p 99999: "),
        ("-w never", "^-w never: "),
        ("--status-as x", "^--status-as x: "),
        ("--sni 'a b' -S", "^--sni a b: "),
        ("stray", "^unexpected argument 'stray'; "),
    ] {
        let run = check!("--targets /nowhere {wrong}");
        let name = if wrong.contains("FOO") { "FOO" } else { "TCP" };
        run.named(name).unknown(message);
    }
    check!("--targets ''").unknown("^--targets '': ");
}

#[test]
fn list_options_have_no_effect_on_a_single_check() {
    let server = Server::saying("220 ready\r\n");
    let port = server.port();
    let options =
        "--parallel 1 --lookups 1 --rate 0.001 --summary --no-progress --format TEXT --name label";
    let run = check!("-H 127.0.0.1 -p {port} -e ^220 {options}");
    run.ok(timed(format!("on 127.0.0.1 port {port} [220 ready]")));
    check!("-H 127.0.0.1 -p {port} --parallel 0").unknown("^--parallel 0: ");
}
