/** The script for zsh: words and flags with descriptions, by the functions of its compsys. */
import type { CommandTree } from './command-tree.ts';
import { lookupTables, type Candidate } from './lookup-tables.ts';

export function zshScript(tree: CommandTree): string {
  const { words, flags, values, args } = lookupTables(tree);
  return `#compdef ${tree.bin}
# Completion of ${tree.bin} for zsh. Load it with:  source <(${tree.bin} completion zsh)
# or write it to a file _${tree.bin} in a folder of $fpath.
# Made by \`${tree.bin} completion zsh\` out of the commands that this version has.

${lookup(
  'words',
  [...words].map(([path, found]) => [[path], described(found)]),
)}
${lookup(
  'flags',
  [...flags].map(([path, found]) => [[path], described(found)]),
)}
${lookup(
  'value',
  [...values].map(([proposal, keys]) => [keys, quoted(proposal)]),
)}
${lookup(
  'argument',
  [...args].map(([proposal, keys]) => [keys, quoted(proposal)]),
)}
${MAIN}
if [[ $funcstack[1] == _drey ]]; then
  _drey "$@"
else
  compdef _drey ${tree.bin}
fi
`.replaceAll('@BIN@', tree.bin);
}

function described(candidates: readonly Candidate[]): string {
  return candidates.map(({ text, description }) => quoted(`${text}:${description}`)).join(' ');
}

type Entry = readonly [keys: readonly string[], result: string];

/** Leaves what is found in $reply; fails where nothing is. */
function lookup(name: string, entries: readonly Entry[]): string {
  const cases = entries.map(
    ([keys, result]) => `    ${keys.map(pattern).join('|')}) reply=(${result}) ;;\n`,
  );
  return `_drey_${name}() {\n  case "$1" in\n${cases.join('')}    *) reply=(); return 1 ;;\n  esac\n}\n`;
}

function pattern(key: string): string {
  return quoted(key);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

const MAIN = `# Proposes what a lookup has found: words, files, or what a command of @BIN@ lists.
_drey_propose() {
  local proposal=$1
  case "$proposal" in
    'words '*) compadd -- \${(s: :)proposal#words } ;;
    files) _files ;;
    'listed '*)
      compadd -- \${(f)"$(@BIN@ \${(s: :)proposal#listed } -o name --timeout 2s $target 2>/dev/null)"}
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
        if ((position == 0)) && _drey_words "$line" && [[ -n \${(M)reply:#$word:*} ]]; then
          line=\${line:+$line }$word
        else
          position+=1
        fi
        ;;
    esac
  done
  if [[ -n $expected ]]; then
    _drey_value "$line $expected" && _drey_propose "$reply[1]"
  elif [[ $PREFIX == --*=* ]]; then
    _drey_value "$line \${PREFIX%%=*}" && compset -P '*=' && _drey_propose "$reply[1]"
  elif [[ $PREFIX == -* ]]; then
    _drey_flags "$line" && _describe -o -t flags flag reply
  elif ((position == 0)) && _drey_words "$line"; then
    _describe -t commands command reply
  else
    _drey_argument "$line $position" && _drey_propose "$reply[1]"
  fi
}
`;
