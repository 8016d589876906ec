//! The README's tables are the program's: what is added to these is told of there too.

use check_tcp::cli::flags::FLAGS;
use check_tcp::preset::{PRESETS, Preset};
use check_tcp::verdict::Reason;

const README: &str = include_str!("../../README.md");

#[test]
fn every_option_has_its_names_in_the_table_in_the_order_of_the_help() {
    let (mut long, mut short) = (Vec::new(), Vec::new());
    for row in table("| long | short |") {
        let names = cells(row);
        long.extend(names[0].split(", ").filter(|name| !name.is_empty()));
        short.extend(names[1].split(", ").filter(|name| !name.is_empty()));
    }
    let of_help = FLAGS.iter().map(|flag| format!("`--{}`", flag.long));
    assert_eq!(long, of_help.collect::<Vec<_>>());
    let of_help = FLAGS.iter().filter_map(|flag| flag.short);
    let of_help = of_help.map(|letter| format!("`-{letter}`"));
    assert_eq!(short, of_help.collect::<Vec<_>>());
}

#[test]
fn every_preset_has_its_row() {
    let rows: Vec<_> = table("| name | port |").collect();
    assert_eq!(rows, PRESETS.iter().map(row).collect::<Vec<_>>());
}

#[test]
fn every_reason_is_explained_in_the_order_of_the_list() {
    let words: Vec<_> = table("| `reason` | what happened |")
        .map(|row| cells(row)[0])
        .collect();
    let of_list = Reason::ALL.map(|reason| format!("`{}`", reason.word()));
    assert_eq!(words, of_list);
}

/// The rows of the table whose head begins so, without that.
fn table(head: &str) -> impl Iterator<Item = &'static str> {
    let lines = README
        .lines()
        .skip_while(move |line| !line.starts_with(head));
    lines.take_while(|line| line.starts_with('|')).skip(2)
}

fn cells(row: &str) -> Vec<&str> {
    let cells = row.trim_matches('|').split(" |");
    cells.map(str::trim).collect()
}

fn row(preset: &Preset) -> String {
    let code = |text: &str| match text.strip_suffix('\n') {
        _ if text.is_empty() => String::new(),
        Some(line) => format!("`{line}` LF"),
        None => format!("`{text}`"),
    };
    let text = |bytes: &'static [u8]| code(str::from_utf8(bytes).expect("text"));
    let cells = [
        preset.name.to_owned(),
        preset.port.to_string(),
        text(preset.send),
        code(preset.expect).replace('|', r"\|"),
        text(preset.quit),
        if preset.tls { "yes" } else { "" }.to_owned(),
    ];
    let cells = cells.map(|cell| match cell.is_empty() {
        true => " |".to_owned(),
        false => format!(" {cell} |"),
    });
    format!("|{}", cells.concat())
}
