/**
 * What can be typed after `drey`, as plain data: the words of commands, their flags, and what
 * comes after those. Made from the manifest; the shells' scripts are made from this.
 */
import type { Command, Interfaces } from '@oclif/core';

/** What a value or an argument can be. */
export type Proposal =
  /** Free text. */
  | { readonly kind: 'none' }
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'files' }
  /** What a command of drey prints with `-o name`. */
  | { readonly kind: 'listed'; readonly command: string };

export interface CommandWord {
  /** The words before it, joined by spaces; empty for the first word. */
  readonly path: string;
  readonly word: string;
  readonly description: string;
}

export interface CommandFlag {
  /** `--output`, `-o`. */
  readonly names: readonly string[];
  readonly description: string;
  /** Null: it takes no value. */
  readonly value: Proposal | null;
}

export interface CompletedCommand {
  /** `job list`. */
  readonly path: string;
  readonly flags: readonly CommandFlag[];
  readonly args: readonly Proposal[];
}

export interface CommandTree {
  readonly bin: string;
  readonly words: readonly CommandWord[];
  readonly commands: readonly CompletedCommand[];
}

export type KnownCommand = Pick<
  Command.Loadable,
  'id' | 'args' | 'flags' | 'summary' | 'description'
> & { readonly hidden?: boolean };

/** As far as oclif's Config and Command.Loadable go here. */
export interface KnownCommands {
  readonly bin: string;
  readonly commands: readonly KnownCommand[];
  readonly topics: readonly Pick<Interfaces.Topic, 'name' | 'description'>[];
}

export function commandTree({ bin, commands, topics }: KnownCommands): CommandTree {
  const shown = commands.filter(({ hidden }) => hidden !== true).toSorted(byId);
  const ids = new Set(shown.map(({ id }) => id));
  return {
    bin,
    words: wordsOf(shown, topics),
    commands: shown.map((command) => ({
      path: command.id.replaceAll(':', ' '),
      flags: flagsOf(command, ids),
      args: Object.values(command.args).map((arg) =>
        arg.options === undefined
          ? argumentProposal(command.id, arg.name, ids)
          : { kind: 'words', words: arg.options },
      ),
    })),
  };
}

function byId(left: KnownCommand, right: KnownCommand): number {
  return left.id < right.id ? -1 : 1;
}

function wordsOf(
  commands: readonly KnownCommand[],
  topics: KnownCommands['topics'],
): readonly CommandWord[] {
  const words = new Map<string, CommandWord>();
  for (const { id, summary, description } of commands) {
    const parts = id.split(':');
    for (const [depth, word] of parts.entries()) {
      const isTopic = depth < parts.length - 1;
      const name = parts.slice(0, depth + 1).join(':');
      const topic = topics.find((candidate) => candidate.name === name);
      const said = isTopic ? topic?.description : (summary ?? description);
      const path = parts.slice(0, depth).join(' ');
      if (!words.has(name)) words.set(name, { path, word, description: firstSentence(said) });
    }
  }
  return [...words.values()];
}

function flagsOf({ flags }: KnownCommand, ids: ReadonlySet<string>): readonly CommandFlag[] {
  return Object.values(flags)
    .filter((flag) => flag.hidden !== true)
    .map((flag) => ({
      names: [
        `--${flag.name}`,
        ...(flag.char === undefined ? [] : [`-${flag.char}`]),
        ...(flag.type === 'boolean' && flag.allowNo === true ? [`--no-${flag.name}`] : []),
      ],
      description: firstSentence(flag.summary ?? flag.description),
      value:
        flag.type === 'boolean' ? null : flagProposal(flag.name, flag.options, flag.helpValue, ids),
    }));
}

/** What the values of a flag are called in help -> they are paths. */
const PATH_VALUES: ReadonlySet<string> = new Set(['FILE', 'PATH', 'DIR', 'FOLDER', 'JAR']);
const PATH_ARGUMENTS: ReadonlySet<string> = new Set(['file', 'folder', 'path', 'jar']);

function flagProposal(
  name: string,
  options: readonly string[] | undefined,
  helpValue: string | readonly string[] | undefined,
  ids: ReadonlySet<string>,
): Proposal {
  if (options !== undefined) return { kind: 'words', words: options };
  if (name === 'context') return listed('context', ids);
  if (name === 'taskmanager' || name === 'topic') return listed(name, ids);
  return typeof helpValue === 'string' && PATH_VALUES.has(helpValue)
    ? { kind: 'files' }
    : { kind: 'none' };
}

/** These can do nothing with a job that has ended. */
const FOR_ACTIVE_JOBS: ReadonlySet<string> = new Set([
  'checkpoint:trigger',
  'job:bottleneck',
  'job:cancel',
  'job:rescale',
  'job:stop',
  'job:watch',
  'savepoint:trigger',
]);

function argumentProposal(id: string, name: string, ids: ReadonlySet<string>): Proposal {
  const topic = id.split(':')[0] ?? '';
  if (name === 'job' && FOR_ACTIVE_JOBS.has(id) && ids.has('job:list')) {
    return { kind: 'listed', command: 'job list --active' };
  }
  if (name === 'job' || name === 'taskmanager') return listed(name, ids);
  if (name === 'topic' && id !== 'topic:create') return listed('topic', ids);
  // A jar is a file until it is uploaded.
  if (name === 'jar' && topic === 'jar') return listed('jar', ids);
  const isNewName = id === 'context:add' || id === 'context:set';
  if (topic === 'context' && (name === 'name' || name === 'context') && !isNewName) {
    return listed('context', ids);
  }
  return PATH_ARGUMENTS.has(name) ? { kind: 'files' } : { kind: 'none' };
}

function listed(topic: string, ids: ReadonlySet<string>): Proposal {
  return ids.has(`${topic}:list`) ? { kind: 'listed', command: `${topic} list` } : { kind: 'none' };
}

/** Without its full stop. */
function firstSentence(text: string | undefined): string {
  const line = (text ?? '').split('\n')[0] ?? '';
  return line.replace(/\.(?:\s.*)?$/, '');
}
