/** What a vertex argument means: an id, a prefix of one, its name, or a part of its name. */
import { RefusedError } from '../../errors/drey-error.ts';
import { isHexId } from '../../flink/model/identifiers.ts';
import type { VertexSummary } from '../../flink/model/job.ts';

/** Shorter ones may be parts of names. */
const PREFIX_LENGTH_MIN = 6;

/** The vertex, or a RefusedError with the vertices that the job has. */
export function findVertex(vertices: readonly VertexSummary[], argument: string): VertexSummary {
  const candidates = candidatesOf(vertices, argument);
  const [vertex] = candidates;
  if (vertex !== undefined && candidates.length === 1) return vertex;
  const isAmbiguous = candidates.length > 1;
  const listed = (isAmbiguous ? candidates : vertices)
    .map(({ vertexId, name }) => `${vertexId.slice(0, 8)} ${name.slice(0, NAME_LENGTH_MAX)}`)
    .slice(0, LISTED_MAX);
  const message = isAmbiguous
    ? `${JSON.stringify(argument)} names ${candidates.length} vertices: ${listed.join('; ')}`
    : `the job has no vertex ${JSON.stringify(argument)}; it has ${listed.join('; ')}`;
  throw new RefusedError('DREY_VERTEX_NOT_FOUND', message, {
    details: { argument, vertices: vertices.map(({ vertexId, name }) => ({ vertexId, name })) },
  });
}

const LISTED_MAX = 10;
const NAME_LENGTH_MAX = 60;

function candidatesOf(
  vertices: readonly VertexSummary[],
  argument: string,
): readonly VertexSummary[] {
  const text = argument.toLowerCase();
  if (isHexId(text)) return vertices.filter(({ vertexId }) => vertexId === text);
  const named = vertices.filter(({ name }) => name === argument);
  if (named.length > 0) return named;
  if (text.length >= PREFIX_LENGTH_MIN && /^[0-9a-f]+$/.test(text)) {
    const prefixed = vertices.filter(({ vertexId }) => vertexId.startsWith(text));
    if (prefixed.length > 0) return prefixed;
  }
  if (text === '') return [];
  return vertices.filter(({ name }) => name.toLowerCase().includes(text));
}
