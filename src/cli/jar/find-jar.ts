/** What a jar argument means: an id, a prefix of one, or the name of the file. */
import { RefusedError } from '../../errors/drey-error.ts';
import { nearestName } from '../../expression/nearest.ts';
import type { UploadedJar } from '../../flink/model/jar.ts';
import { fileNameOf } from './jar-name.ts';

/** Undefined: there is none. Throws when several are meant. */
export function matchJar(jars: readonly UploadedJar[], argument: string): UploadedJar | undefined {
  const exact = jars.find(({ jarId }) => jarId === argument);
  if (exact !== undefined || argument === '') return exact;
  const named = jars.filter(({ name }) => name === argument || fileNameOf(name) === argument);
  const candidates =
    named.length > 0
      ? named
      : jars.filter(({ jarId, name }) => jarId.startsWith(argument) || name.startsWith(argument));
  if (candidates.length <= 1) return candidates[0];
  const listed = candidates.map(({ jarId }) => jarId).slice(0, LISTED_MAX);
  const message = `${JSON.stringify(argument)} names ${candidates.length} jars: ${listed.join(', ')}`;
  throw new RefusedError('DREY_JAR_AMBIGUOUS', message, {
    details: { argument, candidates: listed },
  });
}

/** As matchJar; throws when there is none. `host`: whose jars these are. */
export function findJar(jars: readonly UploadedJar[], argument: string, host: string): UploadedJar {
  const jar = matchJar(jars, argument);
  if (jar !== undefined) return jar;
  const names = jars.map(({ name }) => fileNameOf(name));
  const nearest = nearestName(argument, names);
  const known = jars.length === 0 ? 'it has no jars' : `it has ${jars.length}`;
  throw new RefusedError(
    'DREY_JAR_NOT_FOUND',
    `${host} has no jar ${JSON.stringify(argument)}; ${known}`,
    {
      ...(nearest === undefined
        ? {}
        : { hint: `Did you mean ${JSON.stringify(nearest)}? drey jar list shows all.` }),
      details: { argument, candidates: jars.slice(0, LISTED_MAX).map(({ jarId }) => jarId) },
    },
  );
}

const LISTED_MAX = 10;
