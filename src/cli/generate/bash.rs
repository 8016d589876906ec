//! The completions of bash. They need no file of the package bash-completion.

use super::completions::Form;

pub(super) const FORM: Form = Form {
    head: r#"# bash completion of check-tcp, printed by: check-tcp --generate bash

_check_tcp() {
    local args cur option prefix='' value words lead='' IFS=$' \t\n'
    # The dot keeps a last word that is empty.
    read -ra args <<<"${COMP_LINE:0:COMP_POINT}."
    cur=${args[@]: -1} option=${args[@]: -2:1}
    cur=${cur%.}
    if [[ $cur == --*=* ]]; then
        option=${cur%%=*} prefix=$option=
    fi
    value=${cur#"$prefix"}
    # For each option what its value may be.
    local -A values
    if [[ ${1##*/} == check-tcp ]]; then
        values=(
"#,
    middle: "        )
    else
        values=(
",
    end: r#"        )
    fi
    words=${values[${option:-.}]-}
    case $words in
    any) return ;;
    file) compopt -o default; return ;;
    *=*)
        lead=${value%"${value##*[,=]}"}
        if [[ $lead == *= ]]; then
            words=${words%%=*}
        else
            words=${words#*=} words=${words// /= }=
            compopt -o nospace
        fi ;;
    '') [[ -n $prefix ]] || words=${!values[*]} ;;
    *) [[ $value != [[:lower:]]* ]] || words=${words,,} ;;
    esac
    mapfile -t COMPREPLY < <(compgen -P "$prefix$lead" -W "$words" -- "${value#"$lead"}")
    # Readline replaces what is behind the last '=', which is $2.
    COMPREPLY=("${COMPREPLY[@]#"${cur%"$2"}"}")
}

complete -F _check_tcp check-tcp ~p
"#,
    short: "-",
    long: "--",
    escapes: &[],
    switch: "            [~n]=''\n",
    any: "            [~n]=any\n",
    file: "            [~n]=file\n",
    word: "            [~n]='~w'\n",
    map: "            [~n]='~s=~w'\n",
};
