//! Go's dialect by example: what a pattern means, and which are refused.

use check_tcp::expect::{Cache, Pattern, PatternError};

fn refusal(pattern: &str) -> Option<String> {
    Pattern::new(pattern)
        .err()
        .as_ref()
        .map(PatternError::to_string)
}

fn matches(pattern: &str, reply: &[u8]) -> bool {
    let pattern = Pattern::new(pattern).unwrap_or_else(|error| panic!("{error}"));
    let mut cache = Cache::default();
    let mut matcher = pattern.matcher();
    matcher.feed(&pattern, &mut cache, reply);
    matcher.finish(&pattern, &mut cache)
}

/// Asserts that a pattern takes each of the first characters, and none of the others.
#[track_caller]
fn takes(pattern: &str, yes: &str, no: &str) {
    let pattern = format!("^(?:{pattern})$");
    for c in yes.chars() {
        assert!(
            matches(&pattern, c.to_string().as_bytes()),
            "{pattern} does not take {c:?}"
        );
    }
    for c in no.chars() {
        assert!(
            !matches(&pattern, c.to_string().as_bytes()),
            "{pattern} takes {c:?}"
        );
    }
}

#[test]
fn a_refusal_says_what_is_wrong_and_where() {
    let cases = [
        (
            "220 (foo",
            r#"missing ) for the ( at character 5: "220 (foo""#,
        ),
        ("a)", r#"unexpected ) at character 2: "a)""#),
        ("é[a-", r#"missing ] for the [ at character 2: "é[a-""#),
        (
            "[z-a]",
            r#"range whose end comes before its beginning at character 2: "[z-a]""#,
        ),
        (
            r"\p{Klingon}",
            r#"unknown character class at character 1: "\p{Klingon}""#,
        ),
        (
            "[[:foo:]]",
            r#"unknown character class at character 2: "[[:foo:]]""#,
        ),
        (r"a\y", r#"unknown escape sequence at character 2: "a\y""#),
        (
            r"a\",
            r#"backslash with nothing after it at character 2: "a\""#,
        ),
        (
            "(?x)a",
            r#"unknown kind of group or flag at character 3: "(?x)a""#,
        ),
        (
            "(?P<a-b>c)",
            r#"bad group name (letters, digits and _) at character 5: "(?P<a-b>c)""#,
        ),
        (
            "a{1001}",
            r#"bad repeat count (at most 1000, nested ones multiplied) at character 2: "a{1001}""#,
        ),
        ("a**", r#"repetition of a repetition at character 3: "a**""#),
        ("*a", r#"nothing to repeat at character 1: "*a""#),
    ];
    for (pattern, expected) in cases {
        assert_eq!(refusal(pattern).as_deref(), Some(expected));
    }
}

#[test]
fn syntax_that_go_lacks_is_refused() {
    let extensions = [
        "(?x) a",
        "(?u)a",
        "(?-u:a)",
        "(?R)",
        "(?=a)",
        "(?!a)",
        "(?<=a)",
        "(?<!a)",
        "(?>a)",
        "(?#a)",
        "(?P=a)",
        "(?P>a)",
        "(?'a'b)",
        r"\u0041",
        r"\u{41}",
        r"\U00000041",
        r"\C",
        r"\E",
        r"\Z",
        r"\G",
        r"\K",
        r"\h",
        r"\N",
        r"\R",
        r"\X",
        r"\1",
        r"\8",
        r"\é",
        r"\x4",
        r"\x{}",
        r"\x{110000}",
        r"[\b]",
        r"[\A]",
        r"[\Q]",
        r"[a-\d]",
    ];
    let properties = [
        r"\p{Grek}",
        r"\p{isGreek}",
        r"\p{Script=Greek}",
        r"\p{gc:L}",
        r"\p{Alphabetic}",
        r"\p{}",
        r"\p{^^L}",
        r"\p{L",
        r"\p",
        r"\pX",
        r"\p^",
    ];
    let repetitions = [
        "a*+", "a+*", "a?*", "a???", "a**", "a{2}{3}", "a{2}*", "a{2}??", "a|*", "(*)", "(|*)",
        "(?i)*",
    ];
    let counts = [
        "a{1001}",
        "a{1,1001}",
        "a{1001,}",
        "a{2,1}",
        "a{99999999999}",
        "((a{50}){21}){1}",
    ];
    let groups = [
        "(", ")", "(?", "(?i", "(?:", "(?-)", "(?i-)", "(?i-:a)", "(?-:a)", "(?--i)", "(?P<>a)",
        "(?P<a", "(?<é>a)",
    ];
    let classes = [
        "[",
        "[]",
        "[^",
        "[^]",
        "[a",
        "[a--b]",
        "[z-a]",
        "[[:nope:]]",
        "[a-[:digit:]]",
    ];
    let lists: [&[&str]; 6] = [
        &extensions,
        &properties,
        &repetitions,
        &counts,
        &groups,
        &classes,
    ];
    for pattern in lists.concat() {
        assert!(refusal(pattern).is_some(), "{pattern} is taken");
    }
}

#[test]
fn text_that_looks_like_an_extension_is_literal() {
    assert!(matches(r"^\<a\>$", b"<a>"));
    assert!(matches(r"^a\b{start}$", b"a{start}"));
    assert!(matches("^a{,2}$", b"a{,2}"));
    assert!(matches("^a{$", b"a{"));
    assert!(matches("^a{01}$", b"a{01}"));
    assert!(matches("^a{1$", b"a{1"));
    assert!(matches("^{a}$", b"{a}"));
    assert!(matches("^]$", b"]"));
    assert!(matches("^a # b$", b"a # b"));
}

#[test]
fn go_takes_some_repetitions_that_look_doubled() {
    for pattern in [
        "a(?i)*",
        r"a*\Q\E*",
        "(?:a*)*",
        "^*",
        "$+",
        r"\b{2}",
        "()*",
        "(|a)*",
        "a{1000}",
        "(a{50}){20}",
    ] {
        assert_eq!(refusal(pattern), None);
    }
    assert!(matches("^a(?i)*$", b"aaa"));
    assert!(matches(r"^\Qab\E+$", b"abb"));
    assert!(!matches(r"^\Qab\E+$", b"abab"));
}

#[test]
fn perl_classes_are_ascii() {
    takes(r"\d", "09", "a٣");
    takes(r"\D", "a٣é\n", "09");
    takes(r"\w", "a_9", "é-");
    takes(r"\W", "é- ", "a_9");
    takes(r"\s", " \t\n\r\x0C", "\x0B\u{85}\u{A0}a");
    takes(r"\S", "\x0B\u{A0}a", " \t\n\r\x0C");
    takes(r"[\d\s.]", "0 .", "a");
    takes(r"[^\W\d]", "a_", "9 é");
}

#[test]
fn posix_classes_are_ascii() {
    takes("[[:alpha:]]", "aZ", "é9_");
    takes("[[:^alpha:]]", "é9_", "aZ");
    takes("[[:word:]-]", "aZ_9-", "é ");
    takes("[[:space:]]", "\t\n\x0B\x0C\r ", "\u{85}a");
    takes("[[:blank:]]", "\t ", "\n");
    takes("[[:punct:]]", "!/:@[`{~", "a0 ");
    takes("[[:xdigit:]]", "09afAF", "gG");
    takes("[[:cntrl:]]", "\0\x1F\x7F", " ");
    takes("[[:graph:]]", "!~", " \x7F");
    takes("[[:print:]]", " ~", "\n\x7F");
    takes("[[:ascii:]]", "\0\x7F", "\u{80}");
    takes("[[:digit:]]", "09", "a٣");
    takes("[[:lower:]]", "az", "A9é");
    takes("[[:alnum:][:^lower:]]", "aZ9é", "");
    takes("[[:upper:]]", "A", "a");
    takes("(?i)[[:upper:]]", "Aaſ", "9");
    takes("[:alpha:]", ":alph", "b");
}

#[test]
fn unicode_properties_go_by_gos_names() {
    takes(r"\pL", "aéα", "9");
    takes(r"\PL", "9", "aéα");
    takes(r"\p{Greek}", "αΩ", "a");
    takes(r"\p{^Greek}", "a", "α");
    takes(r"\P{^Greek}", "α", "a");
    takes(r"[\p{Greek}\d]", "α0", "a");
    takes(r"[^\p{Greek}\d]", "a", "α0");
    takes(r"\p{Uppercase_Letter}", "A", "a");
    takes(r"(?i)\p{Lu}", "Aa", "9");
    takes(r"(?i)\P{Lu}", "9", "Aa");
    takes(r"\p{Cs}", "", "a\u{FFFD}");
    takes(r"\P{Cs}", "a\u{FFFD}", "");
}

#[test]
fn most_signs_are_plain_characters_in_a_class() {
    takes("[a[b]", "a[b", "]");
    takes("[a&&b]", "a&b", "c");
    takes("[a~~b]", "a~b", "c");
    takes("[]a]", "]a", "b");
    takes("[^]a]", "b", "]a");
    takes("[a-]", "a-", "b");
    takes("[-a]", "-a", "b");
    takes("[+--]", "+,-", "*.");
    takes(r"[\d-z]", "0-z", "a");
    takes("[a-c-e]", "abc-e", "d");
    takes(r"[\]\-\\^]", r"]-\^", "a");
    takes(r"[\x41-\103]", "ABC", "D");
    takes(
        r"[\x{D700}-\x{E000}]",
        "\u{D700}\u{E000}",
        "\u{D6FF}\u{E001}",
    );
}

#[test]
fn escapes_stand_for_one_character() {
    takes(r"\a", "\x07", "a");
    takes(r"\f\b|\f", "\x0C", "f");
    takes(r"\v", "\x0B", "v");
    takes(r"\n", "\n", "n");
    takes(r"\r", "\r", "r");
    takes(r"\t", "\t", "t");
    takes(r"\101", "A", "1");
    takes(r"\x41", "A", "x");
    takes(r"\x{e9}", "é", "\u{FFFD}");
    takes(r"\xff", "ÿ", "\u{FFFD}");
    takes(r"\_", "_", "");
    takes(r"\Q.\E", ".", "a");
    assert!(matches(r"^\Q\d", br"\d"));
}

#[test]
fn flags_hold_to_the_end_of_their_group() {
    assert!(matches("^(?:(?i)a|b)c$", b"Bc"));
    assert!(!matches("^(?:(?i)a|b)c$", b"bC"));
    assert!(matches("^(?i:a)b$", b"Ab"));
    assert!(!matches("^(?i:a)b$", b"AB"));
    assert!(matches("(?i)^(a)b$", b"AB"));
    assert!(matches("(?is)^(?-i:a).b$", b"a\nB"));
    assert!(matches("(?i)^k$", "\u{212A}".as_bytes()));
    assert!(!matches("(?i-i)^k$", b"K"));
    assert!(matches("(?ii)^k$", b"K"));
    assert!(!matches("^.$", b"\n"));
    assert!(matches("(?s)^.$", b"\n"));
    assert!(matches("(?m)^b$", b"a\nb\nc"));
    assert!(!matches("^b$", b"a\nb\nc"));
    assert!(!matches("^b$", b"b\n"));
    assert!(matches("(?mU-s)^b+$", b"a\nbb"));
    assert!(matches("()(?)", b""));
}

#[test]
fn a_group_name_may_begin_with_a_digit_and_come_twice() {
    assert!(matches("^(?P<1>a)(?<1>b)$", b"ab"));
}

#[test]
fn a_dot_is_one_character_or_one_invalid_byte() {
    assert!(matches("^.$", "😀".as_bytes()));
    assert!(matches("^..$", b"\xFF\xFE"));
    assert!(matches("^...$", b"\xF0\x9F\x98"));
    assert!(matches("^a.b$", b"a\0b"));
    assert!(matches("^\u{FFFD}$", b"\xC3"));
}

#[test]
fn a_pattern_may_have_65536_bytes() {
    let class = |bytes: usize| format!("[{}]", "a".repeat(bytes - 2));
    assert_eq!(refusal(&class(65_536)), None);
    assert!(refusal(&class(65_537)).is_some());
}

#[test]
fn hostile_patterns_are_refused_before_they_cost_much() {
    let deep = |levels: usize| format!("{}a{}", "(?:".repeat(levels), ")?".repeat(levels));
    assert_eq!(refusal(&deep(125)), None);
    for (pattern, what) in [
        ("a".repeat(65_537), "pattern of more than 65536 bytes"),
        (deep(126), "nested too deeply"),
        (
            r"a(?i)*".to_owned() + &"(?i)*".repeat(300),
            "nested too deeply",
        ),
        (r"\pL{1000}".to_owned(), "too large"),
        (r"\pL".repeat(20_000), "too large"),
        (format!("[{}]", r"\pL".repeat(20_000)), "too large"),
        (r"(?i)[\x00-\x{10FFFF}]".repeat(3000), "too large"),
        ("(".repeat(60_000), "missing )"),
        ("[".repeat(60_000), "missing ]"),
        (format!("[{}", "[:".repeat(30_000)), "missing ]"),
    ] {
        let refusal = refusal(&pattern).unwrap();
        assert!(refusal.contains(what), "{refusal}");
        assert!(refusal.len() < 200, "{refusal}");
    }
}

#[test]
fn alternatives_as_deep_as_allowed_compile_on_a_small_stack() {
    let pattern = format!("{}a{}", "(a|b".repeat(250), ")".repeat(250));
    let compile = move || refusal(&pattern);
    let thread = std::thread::Builder::new()
        .stack_size(1 << 20)
        .spawn(compile)
        .unwrap();
    assert_eq!(thread.join().unwrap(), None);
}
