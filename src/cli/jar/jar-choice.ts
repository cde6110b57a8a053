/** Which jars a command is about: those that are named, those of an age, or all; one of the three. */
import { UsageError } from '../../errors/drey-error.ts';

export type JarChoice =
  | { readonly kind: 'named'; readonly jars: readonly string[] }
  | { readonly kind: 'older'; readonly ageMs: number }
  | { readonly kind: 'all' };

export function jarChoiceOf(
  jars: readonly string[],
  isAll: boolean,
  ageMs: number | null,
): JarChoice {
  const choices: readonly JarChoice[] = [
    ...(jars.length > 0 ? [{ kind: 'named', jars } as const] : []),
    ...(ageMs === null ? [] : [{ kind: 'older', ageMs } as const]),
    ...(isAll ? [{ kind: 'all' } as const] : []),
  ];
  const [choice] = choices;
  if (choice !== undefined && choices.length === 1) return choice;
  const message =
    choice === undefined ? 'no jar is named' : 'it is said in two ways which jars are meant';
  throw new UsageError('DREY_USAGE', message, {
    hint: 'Name jars, or pass --all or --older-than, but only one of these.',
  });
}
