//! The completions of fish.

use super::completions::Form;

pub(super) const FORM: Form = Form {
    head: "# fish completion of check-tcp, printed by: check-tcp --generate fish

# The words that begin as what is typed does, in its letters: fish would replace the option too where
# they differ. A list goes on behind its last comma.
function __check_tcp_words
    set -l token (commandline -ct | string replace -r \"^(--[^=]*=|-[^-])\" \"\")
    set -l start (string replace -r \"[^,]*\\$\" \"\" -- $token)
    set -l typed (string replace -r \"^.*,\" \"\" -- $token)
    set -l small (string lower -- $typed)
    # Under their names those of the plugins have small letters.
    string match -q \"*check-tcp\" -- (commandline -opc)[1]; or test \"$typed\" = \"$small\"; or return
    set -l length (string length -- \"$typed\")
    for word in $argv
        set -l head (string sub -l $length -- $word | string lower)
        test \"$head\" = \"$small\"; or continue
        set -l rest (string sub -s (math $length + 1) -- $word)
        if string match -qr \"[a-z]\\$\" -- $typed
            set rest (string lower -- $rest)
        else if string match -qr \"[A-Z]\\$\" -- $typed
            set rest (string upper -- $rest)
        end
        printf \"%s\\n\" \"$start$typed$rest\"
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
    map: concat!(
        "    complete -c $name~n -xa '(__check_tcp_words ",
        "(string split \" \" \"~w\")=(string split \" \" \"~s\"))' -d '~h'\n"
    ),
};
