/** The error for a verb that does not exist, with the nearest one that does. */
import { nearestName } from '../expression/nearest.ts';
import { UsageError } from '../errors/drey-error.ts';

export interface KnownCommands {
  readonly bin: string;
  /** Ids with colons: `pipeline:validate`. */
  readonly ids: readonly string[];
}

/** `id`: what was typed, words joined by colons; it may hold arguments at its end. */
export function unknownCommand(id: string, known: KnownCommands): UsageError {
  const words = id.split(':');
  const command = commandAtStart(words, known.ids);
  if (command !== null) return tooManyArguments(command, words, known.bin);
  const isTopic = known.ids.some((other) => other.startsWith(`${words[0] ?? ''}:`));
  const shown = words.slice(0, isTopic ? 2 : 1).join(' ');
  const nearest = nearestCommand(words, known.ids)?.replaceAll(':', ' ');
  const what = shown.startsWith('-') ? `${known.bin} ${shown}` : `command ${known.bin} ${shown}`;
  return new UsageError('DREY_USAGE', `there is no ${what}`, {
    hint:
      nearest === undefined
        ? `Run ${known.bin} --help for the list of commands.`
        : `Did you mean ${known.bin} ${nearest}?`,
    details: nearest === undefined ? {} : { nearest },
  });
}

/** oclif takes the arguments of a command that has none for further words of its name. */
function commandAtStart(words: readonly string[], ids: readonly string[]): string | null {
  const prefixes = words.map((_, index) => words.slice(0, index + 1).join(':'));
  return prefixes.find((prefix) => ids.includes(prefix)) ?? null;
}

function tooManyArguments(command: string, words: readonly string[], bin: string): UsageError {
  const verb = `${bin} ${command.replaceAll(':', ' ')}`;
  // The colons of an address are lost here, and with them the form of its user and password.
  const extra = words
    .slice(command.split(':').length)
    .join(' ')
    .replace(/\/\/.*@/, '//[hidden]@');
  return new UsageError('DREY_USAGE', `${verb} takes no argument, but got: ${extra}`, {
    hint: `Run ${verb} --help.`,
  });
}

/** Compares with the first words that were typed: as many as the known command has. */
function nearestCommand(words: readonly string[], ids: readonly string[]): string | undefined {
  for (const count of [2, 1]) {
    const candidates = ids.filter((id) => id.split(':').length === count);
    const found = nearestName(words.slice(0, count).join(':'), candidates);
    if (found !== undefined) return found;
  }
  // A verb without its topic: `validate` for `pipeline validate`.
  const verbs = new Map(ids.map((id) => [id.split(':').at(-1) ?? id, id]));
  const verb = nearestName(words[0] ?? '', [...verbs.keys()]);
  return verb === undefined ? undefined : verbs.get(verb);
}
