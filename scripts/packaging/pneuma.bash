# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# Completion of pneuma for bash: commands, options and their choices as the program itself
# tells them (pneuma help --commands), so that they are those of the version in use.

# the words that may follow: _pneuma_words PROGRAM "COMMAND" command|option|choice [--NAME]
_pneuma_words() {
    "$1" help --commands 2>/dev/null | awk -F '\t' -v at="$2" -v what="$3" -v option="$4" '
        $1 == "command" { name = $2 }
        $1 == "command" && what == "command" {
            n = split($2, word, " "); parent = n > 1 ? word[1] : ""
            if (parent == at) print word[n]
        }
        $1 == "option" && name == at && what == "option" { print "--" $3 }
        $1 == "option" && name == at && what == "choice" && "--" $3 == option { print $6 }'
}

# what stands before the targets and covariates, which have no tables of their own
_pneuma_models() {
    "$1" models 2>/dev/null | sed -n '/^targets/q; s/^  \([a-zA-Z0-9_]*\) .*/\1/p'
}

_pneuma() {
    local program=$1 word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
    local command=${COMP_WORDS[1]:-} words="" first=2
    [[ $program == */* ]] && program=${program/#\~/$HOME}
    COMPREPLY=()
    if ((COMP_CWORD == 1)); then
        words="$(_pneuma_words "$program" "" command) --help --version"
    else
        if ((COMP_CWORD == 2)); then # of a command that has commands
            words=$(_pneuma_words "$program" "$command" command)
        elif [[ -n $(_pneuma_words "$program" "$command" command) ]]; then
            command+=" ${COMP_WORDS[2]}"
            first=3
        fi
        if [[ $word == -* ]]; then
            words=$(_pneuma_words "$program" "$command" option)
        elif [[ $before == --* ]] && ((COMP_CWORD > first)); then
            words=$(_pneuma_words "$program" "$command" choice "$before")
        elif [[ $command == models ]]; then
            words=$(_pneuma_models "$program")
        fi
    fi
    # what is not a word of ours is a file: -o default
    [[ -z $words ]] || mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}
complete -o default -F _pneuma pneuma
