//! The completions of fish.

use super::completions::Form;

pub(super) const FORM: Form = Form {
    head: "# fish completion of check-tcp, printed by: check-tcp --generate fish

for name in check-tcp
    complete -c $name -f
",
    middle: "end

for name in ~p
    complete -c $name -f
",
    end: "end\n",
    short: " -s ",
    long: " -l ",
    escapes: &[('\\', r"\\"), ('\'', r"\'")],
    switch: "    complete -c $name~n -d '~h'\n",
    any: "    complete -c $name~n -x -d '~h'\n",
    file: "    complete -c $name~n -rF -d '~h'\n",
    word: "    complete -c $name~n -xa '~w' -d '~h'\n",
    // Behind the last comma of what is there.
    map: concat!(
        "    complete -c $name~n -xa '",
        "(commandline -ct | string replace -r \"^(--[^=]*=)?(.*,)?.*\" \\$2)",
        "(string split \" \" \"~w\")=(string split \" \" \"~s\")' -d '~h'\n"
    ),
};
