//! The completions of bash. They need no file of the package bash-completion.

use super::completions::Form;

pub(super) const FORM: Form = Form {
    head: r#"# bash completion of check-tcp, printed by: check-tcp --generate bash

_check_tcp() {
    local args=() cur option prefix='' value words lead='' word rest i
    local IFS=$' \t\n' line=${COMP_LINE:0:COMP_POINT}
    # Readline divides words at '=' and ':' too. What no blank divides is joined again.
    [[ -n $line ]] || line="${COMP_WORDS[*]:0:COMP_CWORD+1}" line=${line// = /=}
    for ((i = 0; i <= COMP_CWORD; i++)); do
        rest=${line#"${line%%[![:space:]]*}"} word=${COMP_WORDS[i]}
        # The last one ends at the cursor.
        [[ $i -lt $COMP_CWORD ]] || word=$rest
        if [[ $i -eq 0 || $rest != "$line" ]]; then
            args+=("$word")
        else
            args[-1]+=$word
        fi
        line=${rest#"$word"}
    done
    # Readline leaves a quote where it is.
    cur=${args[-1]//[\'\"]/} option=${args[@]: -2:1}
    # For each option what its value may be.
    local -A values
    if [[ ${args[0]##*/} == check-tcp ]]; then
        values=(
"#,
    middle: "        )
    else
        values=(
",
    end: r#"        )
    fi
    if [[ $cur == --*=* ]]; then
        option=${cur%%=*} prefix=$option=
    elif [[ $cur == -[!-]?* ]]; then
        # A value may stand behind the letter of its option.
        option=${cur:0:2} prefix=$option
    fi
    value=${cur#"$prefix"}
    words=${values[${option:-.}]-}
    case $words in
    any) return ;;
    file)
        # Readline itself completes a word that is all of the path.
        [[ -n $prefix && ${2-$value} != "$value" ]] || { compopt -o default; return; }
        compopt -o filenames
        mapfile -t COMPREPLY < <(compgen -P "$prefix" -f -- "$value")
        # With its option before it, readline sees no directory in it.
        if [[ ${#COMPREPLY[@]} -eq 1 && -d ${COMPREPLY[0]#"$prefix"} ]]; then
            COMPREPLY[0]+=/
            compopt -o nospace
        fi ;;
    *=*)
        rest=${value##*[,=]} lead=${value%"$rest"} value=$lead${rest,,}
        if [[ $lead == *= ]]; then
            words=${words%%=*}
        else
            words=${words#*=} words=${words// /= }=
            compopt -o nospace
        fi ;;
    '') [[ -n $prefix ]] || words=${!values[*]} ;;
    # Any case is right, and the words have their own unless a small letter is typed.
    *) [[ $words$value != *[[:lower:]]* ]] || words=${words,,} value=${value,,} ;;
    esac
    [[ $words == file ]] || mapfile -t COMPREPLY < <(compgen -P "$prefix$lead" -W "$words" -- "${value#"$lead"}")
    # Readline replaces what is behind the last '=', which is $2.
    COMPREPLY=("${COMPREPLY[@]#"${cur%"${2-$cur}"}"}")
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
