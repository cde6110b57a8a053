#compdef drey
# Completion of drey for zsh. Load it with:  source <(drey completion zsh)
# or write it to a file _drey in a folder of $fpath.
# Made by `drey completion zsh` out of the commands that this version has.

_drey_words() {
  case "$1" in
    '') reply=('completion:Print a script' 'context:' 'job:Run, stop and watch jobs' 'run:Run it' 'topic:') ;;
    'context') reply=('list:List contexts' 'use:Use a context') ;;
    'job') reply=('list:List jobs' 'show:Show a job' 'stop:Stop a job') ;;
    'topic') reply=('create:Create a topic' 'list:List topics' 'tail:Show records') ;;
    *) reply=(); return 1 ;;
  esac
}

_drey_flags() {
  case "$1" in
    'completion') reply=() ;;
    'context list') reply=('--json:It'\''s JSON') ;;
    'context use') reply=() ;;
    'job list') reply=('--json:It'\''s JSON' '--output:Form of the output: wide has more columns' '-o:Form of the output: wide has more columns' '--url:' '--context:') ;;
    'job show') reply=('--output:Form of the output: wide has more columns' '-o:Form of the output: wide has more columns' '--url:' '--context:') ;;
    'job stop') reply=('--url:' '--context:' '--color:' '--no-color:') ;;
    'run') reply=('--init:') ;;
    'topic create') reply=('--bootstrap-server:') ;;
    'topic list') reply=('--bootstrap-server:') ;;
    'topic tail') reply=('--bootstrap-server:') ;;
    *) reply=(); return 1 ;;
  esac
}

_drey_value() {
  case "$1" in
    'job list --output'|'job list -o'|'job show --output'|'job show -o') reply=('words text json') ;;
    'job list --url'|'job show --url'|'job stop --url'|'topic create --bootstrap-server'|'topic list --bootstrap-server'|'topic tail --bootstrap-server') reply=('none') ;;
    'job list --context'|'job show --context'|'job stop --context') reply=('listed context list') ;;
    'run --init') reply=('files') ;;
    *) reply=(); return 1 ;;
  esac
}

_drey_argument() {
  case "$1" in
    'completion 0') reply=('words bash zsh') ;;
    'context use 0') reply=('listed context list') ;;
    'job show 0') reply=('listed job list') ;;
    'job stop 0') reply=('listed job list --active') ;;
    'run 0') reply=('files') ;;
    'topic create 0') reply=('none') ;;
    'topic tail 0') reply=('listed topic list') ;;
    *) reply=(); return 1 ;;
  esac
}

# Proposes what a lookup has found: words, files, or what a command of drey lists.
_drey_propose() {
  local proposal=$1
  case "$proposal" in
    'words '*) compadd -- ${(s: :)proposal#words } ;;
    files) _files ;;
    'listed '*)
      compadd -- ${(f)"$(drey ${(s: :)proposal#listed } -o name --timeout 2s $target 2>/dev/null)"}
      ;;
  esac
}

_drey() {
  local -a reply target
  local line='' expected='' word
  local -i position=0 i
  for ((i = 2; i < CURRENT; i++)); do
    word=$words[i]
    if [[ -n $expected ]]; then
      case $expected in
        (--url|--context|--bootstrap-server|--command-config) target+=($expected $word) ;;
      esac
      expected=''
      continue
    fi
    case $word in
      (--) return 1 ;;
      (--url=*|--context=*|--bootstrap-server=*|--command-config=*) target+=($word) ;;
      (-*) if _drey_value "$line $word"; then expected=$word; fi ;;
      (*)
        if ((position == 0)) && _drey_words "$line" && [[ -n ${(M)reply:#$word:*} ]]; then
          line=${line:+$line }$word
        else
          position+=1
        fi
        ;;
    esac
  done
  if [[ -n $expected ]]; then
    _drey_value "$line $expected" && _drey_propose "$reply[1]"
  elif [[ $PREFIX == --*=* ]]; then
    _drey_value "$line ${PREFIX%%=*}" && compset -P '*=' && _drey_propose "$reply[1]"
  elif [[ $PREFIX == -* ]]; then
    _drey_flags "$line" && _describe -o -t flags flag reply
  elif ((position == 0)) && _drey_words "$line"; then
    _describe -t commands command reply
  else
    _drey_argument "$line $position" && _drey_propose "$reply[1]"
  fi
}

if [[ $funcstack[1] == _drey ]]; then
  _drey "$@"
else
  compdef _drey drey
fi
