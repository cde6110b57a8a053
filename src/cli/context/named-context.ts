/** A context that is named as an argument goes before all that the surroundings say. */
import { UsageError } from '../../errors/drey-error.ts';

interface Named {
  readonly url?: string | null | undefined;
  readonly context?: string | null | undefined;
}

/** The flags with the context in them. Throws when they name a cluster, too. */
export function withContext<T extends Named>(flags: T, name: string | undefined): T {
  if (name === undefined) return flags;
  const isOtherNamed = (flags.url ?? null) !== null || (flags.context ?? name) !== name;
  if (!isOtherNamed) return { ...flags, context: name };
  throw new UsageError(
    'DREY_USAGE',
    `the context ${name} is named as an argument, and a cluster by --url or --context, too`,
    { hint: 'Leave one of them out.' },
  );
}
