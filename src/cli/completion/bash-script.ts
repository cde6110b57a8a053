/**
 * The script for bash, from 3.2 on. bash cuts words at `:` and `=`, so they are put together again
 * first; it knows no descriptions.
 */
import type { CommandTree } from './command-tree.ts';
import { lookupTables, type Candidate } from './lookup-tables.ts';

export function bashScript(tree: CommandTree): string {
  const { words, flags, values, args } = lookupTables(tree);
  return `# Completion of ${tree.bin} for bash. Load it with:  source <(${tree.bin} completion bash)
# Made by \`${tree.bin} completion bash\` out of the commands that this version has.

${lookup(
  'words',
  [...words].map(([path, found]) => [[path], textsOf(found)]),
)}
${lookup(
  'flags',
  [...flags].map(([path, found]) => [[path], textsOf(found)]),
)}
${lookup(
  'value',
  [...values].map(([proposal, keys]) => [keys, proposal]),
)}
${lookup(
  'argument',
  [...args].map(([proposal, keys]) => [keys, proposal]),
)}
${MAIN}
complete -F _drey ${tree.bin}
`.replaceAll('@BIN@', tree.bin);
}

function textsOf(candidates: readonly Candidate[]): string {
  return candidates.map(({ text }) => text).join(' ');
}

type Entry = readonly [keys: readonly string[], result: string];

/** Prints what is found; fails where nothing is. */
function lookup(name: string, entries: readonly Entry[]): string {
  const cases = entries.map(
    ([keys, result]) => `    ${keys.map(quoted).join(' | ')}) echo ${quoted(result)} ;;\n`,
  );
  return `_drey_${name}() {\n  case "$1" in\n${cases.join('')}    *) return 1 ;;\n  esac\n}\n`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

const MAIN = `# Puts words that were cut inside together again, up to the cursor.
_drey_typed() {
  local rest=$COMP_LINE word i
  typed=()
  for ((i = 0; i <= COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if [[ $i -eq 0 || $rest == [[:space:]]* || -z $rest ]]; then
      typed+=("$word")
    else
      typed[\${#typed[@]} - 1]+=$word
    fi
    rest=\${rest#"\${rest%%[![:space:]]*}"}
    rest=\${rest#"$word"}
  done
}

# Proposes what a lookup has found: words, files, or what a command of @BIN@ lists.
_drey_propose() {
  local proposal=$1 current=$2
  case "$proposal" in
    'words '*) COMPREPLY=($(compgen -W "\${proposal#words }" -- "$current")) ;;
    files)
      local IFS=$'\\n'
      compopt -o filenames 2>/dev/null
      COMPREPLY=($(compgen -f -- "$current"))
      ;;
    'listed '*)
      COMPREPLY=($(compgen -W "$(@BIN@ \${proposal#listed } -o name --timeout 2s \${target[@]+"\${target[@]}"} 2>/dev/null)" -- "$current"))
      ;;
  esac
}

_drey() {
  local -a typed target
  local path='' expected='' position=0 word i current known found
  COMPREPLY=()
  target=()
  _drey_typed
  for ((i = 1; i < \${#typed[@]} - 1; i++)); do
    word=\${typed[i]}
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
          path=\${path:+$path }$word
        else
          position=$((position + 1))
        fi
        ;;
    esac
  done
  current=\${typed[\${#typed[@]} - 1]}
  if [[ -n $expected ]]; then
    _drey_propose "$(_drey_value "$path $expected")" "$current"
  elif [[ $current == --*=* ]]; then
    _drey_propose "$(_drey_value "$path \${current%%=*}")" "\${current#*=}"
  elif [[ $current == -* ]]; then
    COMPREPLY=($(compgen -W "$(_drey_flags "$path")" -- "$current"))
  elif [[ $position -eq 0 ]] && _drey_words "$path" >/dev/null; then
    COMPREPLY=($(compgen -W "$(_drey_words "$path")" -- "$current"))
  else
    _drey_propose "$(_drey_argument "$path $position")" "$current"
  fi
}
`;
