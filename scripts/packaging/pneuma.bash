# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# Completion of pneuma for bash: commands, options and names of models as the program
# itself tells them, so that they are those of the version in use.

# the first word of each line of the help that begins with "  pneuma "
_pneuma_commands() {
    "$1" --help 2>/dev/null | sed -n 's/^  pneuma \([a-z][a-z-]*\).*/\1/p'
}

_pneuma_options() {
    "$1" "$2" --help 2>/dev/null | sed -n 's/^ *\(-[a-z], \)\{0,1\}\(--[a-z-]*\).*/\2/p'
}

# what stands before the targets and covariates, which have no tables of their own
_pneuma_models() {
    "$1" models 2>/dev/null | sed -n '/^targets/q; s/^  \([a-zA-Z0-9_]*\) .*/\1/p'
}

# the sub-commands: third word of the usage lines
_pneuma_airway() {
    "$1" airway --help 2>/dev/null | sed -n 's/^.*  *pneuma airway \([a-z]*\).*/\1/p'
}

_pneuma() {
    local program=$1 word=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]:-} words=
    [[ $program == */* ]] && program=${program/#\~/$HOME}
    COMPREPLY=()
    if ((COMP_CWORD == 1)); then
        words="$(_pneuma_commands "$program") --help --version"
    elif [[ $word == -* ]]; then
        words="$(_pneuma_options "$program" "$command") --help"
    elif [[ ${COMP_WORDS[COMP_CWORD - 1]} == --scheduler ]]; then
        words="slurm pbs"
    elif [[ $command == airway ]] && ((COMP_CWORD == 2)); then
        words=$(_pneuma_airway "$program")
    elif [[ $command == models ]]; then
        words=$(_pneuma_models "$program")
    fi
    # what is not a word of ours is a file: -o default
    [[ -z $words ]] || mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}
complete -o default -F _pneuma pneuma
