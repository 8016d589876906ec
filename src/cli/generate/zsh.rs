//! The completions of zsh.

use super::completions::Form;

pub(super) const FORM: Form = Form {
    head: "#compdef check-tcp ~p
# zsh completion of check-tcp, printed by: check-tcp --generate zsh

local -a specs
if [[ $service == check-tcp ]]; then
    specs=(
",
    middle: "    )
else
    specs=(
",
    end: "    )
fi
_arguments -s -S : $specs
",
    short: "-",
    long: "--",
    escapes: &[
        ('\\', r"\\"),
        ('\'', r"'\''"),
        ('[', r"\["),
        (']', r"\]"),
        (':', r"\:"),
    ],
    switch: "        '*~n[~h]'\n",
    any: "        '*~n~j[~h]:~v: '\n",
    file: "        '*~n~j[~h]:~v:_files'\n",
    // Any case is right.
    word: "        '*~n~j[~h]:~v:compadd -M \"m\\:{a-zA-Z}={A-Za-z}\" - ~w'\n",
    map: "        '*~n~j[~h]:~v: _values -s , ~v ${^=\\:-~w}\\:STATUS\\:\"(~s)\"'\n",
};
