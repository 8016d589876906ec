//! The completions of fish.

use super::completions::Form;

pub(super) const FORM: Form = Form {
    head: "# fish completion of check-tcp, printed by: check-tcp --generate fish

# The words in the case that is typed: fish would replace the option too where the case differs.
function __check_tcp_words
    set -l typed (commandline -ct | string replace -r \"^--[^=]*=\" \"\")
    if string match -qr \"^[a-z]\" -- $typed
        string lower -- $argv
    else if string match -qr \"^[A-Z]\" -- $typed
        string upper -- $argv
    else
        printf \"%s\\n\" $argv
    end
end

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
    word: "    complete -c $name~n -xa '(__check_tcp_words ~w)' -d '~h'\n",
    // Behind the last comma of what is there.
    map: concat!(
        "    complete -c $name~n -xa '",
        "(commandline -ct | string replace -r \"^(--[^=]*=)?(.*,)?.*\" \\$2)",
        "(string split \" \" \"~w\")=(string split \" \" \"~s\")' -d '~h'\n"
    ),
};
