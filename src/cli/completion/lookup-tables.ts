/**
 * The tables that every shell's script holds, the same for all: what follows a command's words,
 * which flags it has, and what comes after a flag or as an argument. Keys and results are texts.
 */
import type { CommandTree, Proposal } from './command-tree.ts';

/** A word or flag, and what it is for. */
export interface Candidate {
  readonly text: string;
  readonly description: string;
}

export interface LookupTables {
  /** By the words so far. */
  readonly words: ReadonlyMap<string, readonly Candidate[]>;
  /** By the words of a command. */
  readonly flags: ReadonlyMap<string, readonly Candidate[]>;
  /** What follows -> all `command --flag` that it follows. */
  readonly values: ReadonlyMap<string, readonly string[]>;
  /** What comes -> all `command position` where it comes; positions begin with 0. */
  readonly args: ReadonlyMap<string, readonly string[]>;
}

export function lookupTables({ words, commands }: CommandTree): LookupTables {
  const flags = commands.map(
    (command) =>
      [
        command.path,
        command.flags.flatMap(({ names, description }) =>
          names.map((text) => ({ text, description })),
        ),
      ] as const,
  );
  return {
    words: grouped(words.map(({ path, word, description }) => [path, { text: word, description }])),
    flags: new Map(flags),
    values: grouped(
      commands.flatMap(({ path, flags: own }) =>
        own.flatMap(({ names, value }) =>
          value === null ? [] : names.map((name) => entry(value, `${path} ${name}`)),
        ),
      ),
    ),
    args: grouped(
      commands.flatMap(({ path, args }) =>
        args.map((proposal, position) => entry(proposal, `${path} ${position}`)),
      ),
    ),
  };
}

function entry(proposal: Proposal, key: string): readonly [string, string] {
  return [proposalText(proposal), key];
}

/** `words a b`, `files`, `listed job list`, `none`. */
function proposalText(proposal: Proposal): string {
  switch (proposal.kind) {
    case 'none':
    case 'files':
      return proposal.kind;
    case 'words':
      return ['words', ...proposal.words].join(' ');
    case 'listed':
      return `listed ${proposal.command}`;
  }
}

function grouped<Value>(
  entries: readonly (readonly [string, Value])[],
): ReadonlyMap<string, readonly Value[]> {
  const groups = new Map<string, Value[]>();
  for (const [key, value] of entries) {
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [value]);
    else group.push(value);
  }
  return groups;
}
