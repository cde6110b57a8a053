/** The script for PowerShell, from 5.1 on: tables in hashes, one completer for the command. */
import type { CommandTree } from './command-tree.ts';
import { lookupTables, type Candidate } from './lookup-tables.ts';

export function powershellScript(tree: CommandTree): string {
  const { words, flags, values, args } = lookupTables(tree);
  return `# Completion of ${tree.bin} for PowerShell. Load it in your profile with:
#   ${tree.bin} completion powershell | Out-String | Invoke-Expression
# Made by \`${tree.bin} completion powershell\` out of the commands that this version has.

Register-ArgumentCompleter -Native -CommandName ${tree.bin} -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)

${table(
  'words',
  [...words].map(([path, found]) => [path, list(found)]),
)}
${table(
  'flags',
  [...flags].map(([path, found]) => [path, list(found)]),
)}
${table('values', inverted(values))}
${table('arguments', inverted(args))}
${MAIN}}
`.replaceAll('@BIN@', tree.bin);
}

/** Each item is the text, a tab, and its description. */
function list(candidates: readonly Candidate[]): string {
  const items = candidates.map(({ text, description }) => {
    const said = description === '' ? text : description;
    return `${quoted(text)} = ${quoted(said)}`;
  });
  return `[ordered]@{ ${items.join('; ')} }`;
}

/** PowerShell's hashes take no notice of case, but -o and -O are two flags. */
function table(name: string, entries: readonly (readonly [key: string, value: string])[]): string {
  const lines = entries.map(([key, value]) => `  $${name}[${quoted(key)}] = ${value}\n`);
  return `  $${name} = [System.Collections.Hashtable]::new([System.StringComparer]::Ordinal)\n${lines.join('')}`;
}

function inverted(
  keysByProposal: ReadonlyMap<string, readonly string[]>,
): readonly (readonly [string, string])[] {
  return [...keysByProposal].flatMap(([proposal, keys]) =>
    keys.map((key) => [key, quoted(proposal)] as const),
  );
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

const MAIN = `  function Propose($text, $description) {
    if ($text -like "$([WildcardPattern]::Escape($wordToComplete))*") {
      [System.Management.Automation.CompletionResult]::new($text, $text, 'ParameterValue', $description)
    }
  }

  function ProposeValue($proposal, $prefix, $target) {
    if ($null -eq $proposal) { return }
    $parts = $proposal -split ' '
    if ($parts[0] -eq 'words') {
      foreach ($word in $parts[1..($parts.Length - 1)]) { Propose "$prefix$word" $word }
    } elseif ($parts[0] -eq 'listed') {
      $command = $parts[1..($parts.Length - 1)] + @('-o', 'name', '--timeout', '2s') + $target
      foreach ($name in (& @BIN@ @command 2>$null)) { Propose "$prefix$name" $name }
    }
  }

  $typed = @($commandAst.CommandElements | Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object { $_.Extent.Text })
  if ($wordToComplete -eq '' -and $commandAst.CommandElements[-1].Extent.EndOffset -lt $cursorPosition) {
    $typed = @($commandAst.CommandElements | ForEach-Object { $_.Extent.Text })
  }
  $line = ''
  $expected = ''
  $position = 0
  $target = @()
  $targetFlags = @('--url', '--context', '--bootstrap-server', '--command-config')
  foreach ($word in ($typed | Select-Object -Skip 1)) {
    if ($expected -ne '') {
      if ($targetFlags -ccontains $expected) { $target += @($expected, $word) }
      $expected = ''
      continue
    }
    if ($word -ceq '--') { return }
    if ($word -clike '--*=*' -and $targetFlags -ccontains ($word -replace '=.*')) { $target += $word; continue }
    if ($word.StartsWith('-')) {
      if ($values.ContainsKey("$line $word")) { $expected = $word }
      continue
    }
    if ($position -eq 0 -and $words.ContainsKey($line) -and $words[$line].Contains($word)) {
      $line = "$line $word".Trim()
    } else {
      $position++
    }
  }
  if ($expected -ne '') {
    ProposeValue $values["$line $expected"] '' $target
  } elseif ($wordToComplete -clike '--*=*') {
    $flag = ($wordToComplete -split '=', 2)[0]
    ProposeValue $values["$line $flag"] "$flag=" $target
  } elseif ($wordToComplete.StartsWith('-')) {
    if ($flags.ContainsKey($line)) {
      foreach ($flag in $flags[$line].GetEnumerator()) { Propose $flag.Key $flag.Value }
    }
  } elseif ($position -eq 0 -and $words.ContainsKey($line)) {
    foreach ($word in $words[$line].GetEnumerator()) { Propose $word.Key $word.Value }
  } else {
    ProposeValue $arguments["$line $position"] '' $target
  }
`;
