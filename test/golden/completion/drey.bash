# Completion of drey for bash. Load it with:  source <(drey completion bash)
# Made by `drey completion bash` out of the commands that this version has.

_drey_words() {
  case "$1" in
    '') echo 'completion context job run topic' ;;
    'context') echo 'list use' ;;
    'job') echo 'list show stop' ;;
    'topic') echo 'create list tail' ;;
    *) return 1 ;;
  esac
}

_drey_flags() {
  case "$1" in
    'completion') echo '' ;;
    'context list') echo '--json' ;;
    'context use') echo '' ;;
    'job list') echo '--json --output -o --url --context' ;;
    'job show') echo '--output -o --url --context' ;;
    'job stop') echo '--url --context --color --no-color' ;;
    'run') echo '--init' ;;
    'topic create') echo '--bootstrap-server' ;;
    'topic list') echo '--bootstrap-server' ;;
    'topic tail') echo '--bootstrap-server' ;;
    *) return 1 ;;
  esac
}

_drey_value() {
  case "$1" in
    'job list --output' | 'job list -o' | 'job show --output' | 'job show -o') echo 'words text json' ;;
    'job list --url' | 'job show --url' | 'job stop --url' | 'topic create --bootstrap-server' | 'topic list --bootstrap-server' | 'topic tail --bootstrap-server') echo 'none' ;;
    'job list --context' | 'job show --context' | 'job stop --context') echo 'listed context list' ;;
    'run --init') echo 'files' ;;
    *) return 1 ;;
  esac
}

_drey_argument() {
  case "$1" in
    'completion 0') echo 'words bash zsh' ;;
    'context use 0') echo 'listed context list' ;;
    'job show 0') echo 'listed job list' ;;
    'job stop 0') echo 'listed job list --active' ;;
    'run 0') echo 'files' ;;
    'topic create 0') echo 'none' ;;
    'topic tail 0') echo 'listed topic list' ;;
    *) return 1 ;;
  esac
}

# Puts words that were cut inside together again, up to the cursor.
_drey_typed() {
  local rest=$COMP_LINE word i
  typed=()
  for ((i = 0; i <= COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    if [[ $i -eq 0 || $rest == [[:space:]]* || -z $rest ]]; then
      typed+=("$word")
    else
      typed[${#typed[@]} - 1]+=$word
    fi
    rest=${rest#"${rest%%[![:space:]]*}"}
    rest=${rest#"$word"}
  done
}

# Proposes what a lookup has found: words, files, or what a command of drey lists.
_drey_propose() {
  local proposal=$1 current=$2
  case "$proposal" in
    'words '*) COMPREPLY=($(compgen -W "${proposal#words }" -- "$current")) ;;
    files)
      local IFS=$'\n'
      compopt -o filenames 2>/dev/null
      COMPREPLY=($(compgen -f -- "$current"))
      ;;
    'listed '*)
      COMPREPLY=($(compgen -W "$(drey ${proposal#listed } -o name --timeout 2s ${target[@]+"${target[@]}"} 2>/dev/null)" -- "$current"))
      ;;
  esac
}

_drey() {
  local -a typed target
  local path='' expected='' position=0 word i current known found
  COMPREPLY=()
  target=()
  _drey_typed
  for ((i = 1; i < ${#typed[@]} - 1; i++)); do
    word=${typed[i]}
    if [[ -n $expected ]]; then
      case $expected in --url | --context | --bootstrap-server | --command-config)
        target+=("$expected" "$word") ;;
      esac
      expected=''
      continue
    fi
    case $word in
      --) return ;;
      --url=* | --context=* | --bootstrap-server=* | --command-config=*) target+=("$word") ;;
      -*) if _drey_value "$path $word" >/dev/null; then expected=$word; fi ;;
      *)
        found=''
        for known in $(_drey_words "$path"); do
          if [[ $known == "$word" ]]; then found=1; fi
        done
        if [[ -n $found && $position -eq 0 ]]; then
          path=${path:+$path }$word
        else
          position=$((position + 1))
        fi
        ;;
    esac
  done
  current=${typed[${#typed[@]} - 1]}
  if [[ -n $expected ]]; then
    _drey_propose "$(_drey_value "$path $expected")" "$current"
  elif [[ $current == --*=* ]]; then
    _drey_propose "$(_drey_value "$path ${current%%=*}")" "${current#*=}"
  elif [[ $current == -* ]]; then
    COMPREPLY=($(compgen -W "$(_drey_flags "$path")" -- "$current"))
  elif [[ $position -eq 0 ]] && _drey_words "$path" >/dev/null; then
    COMPREPLY=($(compgen -W "$(_drey_words "$path")" -- "$current"))
  else
    _drey_propose "$(_drey_argument "$path $position")" "$current"
  fi
}

complete -F _drey drey
