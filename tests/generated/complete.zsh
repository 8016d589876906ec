# complete.zsh DIRECTORY LINE: what zsh offers where LINE ends, a word on each line.
# DIRECTORY has the file of completions. An interactive shell of its own reads this file too, and then
# gets LINE and a tab.

if [[ -o interactive ]]; then
    PROMPT= PS2= RPROMPT=
    fpath=($1 $fpath)
    autoload -Uz compinit && compinit -u -D
    # Shows the matches of each call that adds some; with one of -O -A -D it only asks for them.
    compadd() {
        if [[ ${@[1,(i)(-|--)]} != *-(O|A|D)* ]]; then
            local -a matches
            builtin compadd -A matches "$@"
            (( ! $#matches )) || print -rl -- "<match>"$^matches
        fi
        builtin compadd "$@"
    }
    ask() { zle complete-word; print -r -- "<end>" }
    zle -N ask
    bindkey "^I" ask
    print -r -- "<ready>"
    return
fi

zmodload zsh/zpty
zpty shell 'TERM=dumb zsh -f -i'
zpty -w shell "source ${(q)0:A} ${(q)1}"
zpty -r -m shell said '*<ready>*'
zpty -w -n shell "$2"$'\t'
zpty -r -m shell said '*<end>*'
print -r -- "$said" | tr -d '\r' | sed -n 's/.*<match>//p'
zpty -d shell
