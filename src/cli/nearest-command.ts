/** The error for a verb that does not exist, with the nearest one that does. */
import { nearestName } from '../document/nearest-name.ts';
import { UsageError } from '../errors/drey-error.ts';

export interface KnownCommands {
  readonly bin: string;
  /** Ids with colons: `pipeline:validate`. */
  readonly ids: readonly string[];
}

/** `id`: what was typed, words joined by colons; it may hold arguments at its end. */
export function unknownCommand(id: string, known: KnownCommands): UsageError {
  const words = id.split(':');
  const shown = words.slice(0, known.ids.some((other) => other.startsWith(`${words[0]}:`)) ? 2 : 1);
  const nearest = nearestCommand(words, known.ids);
  const hint =
    nearest === null
      ? `Run ${known.bin} --help for the list of commands.`
      : `Did you mean ${known.bin} ${nearest.replaceAll(':', ' ')}?`;
  return new UsageError('DREY_USAGE', `there is no command ${known.bin} ${shown.join(' ')}`, {
    hint,
    details: nearest === null ? {} : { nearest: nearest.replaceAll(':', ' ') },
  });
}

/** Compares with the first words that were typed: as many as the known command has. */
function nearestCommand(words: readonly string[], ids: readonly string[]): string | null {
  for (const count of [2, 1]) {
    const candidates = ids.filter((id) => id.split(':').length === count);
    const typed = words.slice(0, count).join(':');
    const found = candidates.includes(typed) ? typed : nearestName(typed, candidates);
    if (found !== null) return found;
  }
  // A verb without its topic: `validate` for `pipeline validate`.
  const verb = words[0] ?? '';
  const verbs = new Map(ids.map((id) => [id.split(':').at(-1) ?? id, id]));
  const nearest = verbs.has(verb) ? verb : nearestName(verb, verbs.keys());
  return nearest === null ? null : (verbs.get(nearest) ?? null);
}
