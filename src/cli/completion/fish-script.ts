/** The script for fish: one function proposes all, each line a candidate and its description. */
import type { CommandTree } from './command-tree.ts';
import { lookupTables, type Candidate } from './lookup-tables.ts';

export function fishScript(tree: CommandTree): string {
  const { words, flags, values, args } = lookupTables(tree);
  return `# Completion of ${tree.bin} for fish. Load it with:  ${tree.bin} completion fish | source
# or write it to ~/.config/fish/completions/${tree.bin}.fish.
# Made by \`${tree.bin} completion fish\` out of the commands that this version has.

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
  [...values].map(([proposal, keys]) => [keys, `echo ${quoted(proposal)}`]),
)}
${lookup(
  'argument',
  [...args].map(([proposal, keys]) => [keys, `echo ${quoted(proposal)}`]),
)}
${MAIN}
complete -c ${tree.bin} -f -a '(__drey_complete)'
`.replaceAll('@BIN@', tree.bin);
}

function described(candidates: readonly Candidate[]): string {
  const lines = candidates.map(({ text, description }) => quoted(`${text}\t${description}`));
  return `printf '%s\\n' ${lines.join(' ')}`;
}

type Entry = readonly [keys: readonly string[], command: string];

function lookup(name: string, entries: readonly Entry[]): string {
  const cases = entries.map(
    ([keys, command]) => `        case ${keys.map(quoted).join(' ')}\n            ${command}\n`,
  );
  return `function __drey_${name}\n    switch "$argv[1]"\n${cases.join('')}        case '*'\n            return 1\n    end\nend\n`;
}

/** Inside of single quotes fish knows two escapes. */
function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

const MAIN = `# Proposes what a lookup has found; each candidate begins with the prefix.
function __drey_propose
    set -l prefix $argv[2]
    set -l parts (string split ' ' -- $argv[1])
    switch "$parts[1]"
        case words
            for word in $parts[2..-1]
                echo "$prefix$word"
            end
        case files
            set -l current (string replace -- "$prefix" '' (commandline -ct))
            for file in (__fish_complete_path "$current")
                echo "$prefix$file"
            end
        case listed
            for name in (@BIN@ $parts[2..-1] -o name --timeout 2s $argv[3..-1] 2>/dev/null)
                echo "$prefix$name"
            end
    end
end

function __drey_complete
    set -l tokens (commandline -opc)
    set -l current (commandline -ct)
    set -l line ''
    set -l expected ''
    set -l position 0
    set -l target
    for word in $tokens[2..-1]
        if test -n "$expected"
            if contains -- $expected --url --context --bootstrap-server --command-config
                set -a target $expected $word
            end
            set expected ''
            continue
        end
        switch $word
            case --
                return
            case '--url=*' '--context=*' '--bootstrap-server=*' '--command-config=*'
                set -a target $word
            case '-*'
                if __drey_value "$line $word" >/dev/null
                    set expected $word
                end
            case '*'
                set -l known (__drey_words "$line" | string replace -r '\\t.*' '')
                if test $position -eq 0; and contains -- $word $known
                    set line (string trim "$line $word")
                else
                    set position (math $position + 1)
                end
        end
    end
    if test -n "$expected"
        __drey_propose "$(__drey_value "$line $expected")" '' $target
    else if string match -q -- '--*=*' "$current"
        set -l flag (string split -m 1 -- = $current)[1]
        __drey_propose "$(__drey_value "$line $flag")" "$flag=" $target
    else if string match -q -- '-*' "$current"
        __drey_flags "$line"
    else if test $position -eq 0; and __drey_words "$line" >/dev/null
        __drey_words "$line"
    else
        __drey_propose "$(__drey_argument "$line $position")" '' $target
    end
end
`;
