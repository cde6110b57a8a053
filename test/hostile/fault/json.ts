/** Answers in good form whose JSON is broken, absurd, or not of the types it ought to be. */
import { bodyBytes, type HonestAnswer } from '../../support/hostile-server.ts';
import { changes, type Fault, type FaultClass } from './fault.ts';

const DEPTH = 100_000;
/** Nearly as many as an answer may hold. */
export const JOBS = 30_000;

const text = (name: string, kind: FaultClass, change: (json: string) => string): Fault => ({
  name,
  class: kind,
  answer: changes((answer) => ({ ...answer, body: change(bodyBytes(answer).toString()) })),
});

const value = (name: string, kind: FaultClass, change: (body: unknown) => unknown): Fault => ({
  name,
  class: kind,
  answer: changes((answer) => ({ ...answer, body: JSON.stringify(change(answer.body)) })),
});

export const jsonFaults: readonly Fault[] = [
  text('JSON without its last byte', 'not-flink', (json) => json.slice(0, -1)),
  text('half of the JSON', 'not-flink', (json) => json.slice(0, json.length / 2)),
  text('JSON with a comma too many', 'not-flink', (json) => json.replace(/[}\]]$/, ',$&')),
  text('two documents', 'not-flink', (json) => `${json}${json}`),
  text('NaN instead of each number', 'odd', (json) =>
    json.replaceAll(/(?<=:)-?\d+(?:\.\d+)?(?=[,}])/g, 'NaN'),
  ),
  text('1e400 instead of each number', 'odd', (json) =>
    json.replaceAll(/(?<=:)-?\d+(?:\.\d+)?(?=[,}])/g, '1e400'),
  ),
  text('numbers of 400 digits', 'odd', (json) =>
    json.replaceAll(/(?<=:)-?\d+(?:\.\d+)?(?=[,}])/g, '9'.repeat(400)),
  ),
  text('-1 instead of each number', 'odd', (json) =>
    json.replaceAll(/(?<=:)-?\d+(?:\.\d+)?(?=[,}])/g, '-1'),
  ),
  text('nested too deeply', 'odd', () => `${'['.repeat(DEPTH)}${']'.repeat(DEPTH)}`),
  text('nested too deeply, in a field', 'odd', (json) =>
    json.replace(
      /^\{/,
      `{"deep":${'{"a":'.repeat(DEPTH)}0${'}'.repeat(DEPTH)}${json === '{}' ? '' : ','}`,
    ),
  ),
  text('nested too deeply, with a long number', 'odd', (json) =>
    json.replace(
      /^\{/,
      `{"n":9223372036854775807,"deep":${'['.repeat(DEPTH)}${']'.repeat(DEPTH)}${json === '{}' ? '' : ','}`,
    ),
  ),
  text('each key twice, first null', 'readable', (json) =>
    json.replaceAll(/"([\w-]+)":/g, '"$1":null,"$1":'),
  ),
  text('__proto__ beside everything', 'readable', (json) =>
    json.replaceAll(
      '{"',
      '{"__proto__":{"polluted":true,"state":"EVIL"},"constructor":{"prototype":{"polluted":true}},"',
    ),
  ),
  text('keys of Object.prototype beside everything', 'readable', (json) =>
    json.replaceAll('{"', '{"toString":1,"hasOwnProperty":null,"valueOf":"x","'),
  ),
  text('unknown fields beside everything', 'readable', (json) =>
    json.replaceAll('{"', '{"of-flink-9":[{"a":1}],"'),
  ),
  text('spaces around everything', 'readable', (json) => `\r\n\t ${json}\n\n`),
  text('states in capitals that nobody knows', 'odd', (json) =>
    json.replaceAll(
      /"(?:RUNNING|FINISHED|COMPLETED|FAILED|CANCELED|IN_PROGRESS)"/g,
      '"TRANSCENDING"',
    ),
  ),
  text('states of no length', 'odd', (json) =>
    json.replaceAll(/"(?:RUNNING|FINISHED|COMPLETED|FAILED|CANCELED|IN_PROGRESS)"/g, '""'),
  ),
  text('identifiers that are no hexadecimal', 'odd', (json) =>
    json.replaceAll(/"[0-9a-f]{32}"/g, '"../../../../etc/passwd"'),
  ),
  text('identifiers with line breaks', 'odd', (json) =>
    json.replaceAll(/"[0-9a-f]{32}"/g, '"a\\r\\nX-Evil: 1"'),
  ),
  text('times of the year 275760', 'odd', (json) =>
    json.replaceAll(/(?<=:)1\d{12}(?=[,}])/g, '8640000000000001'),
  ),
  text('clock a day ahead', 'readable', (json) => shifted(json, 86_400_000)),
  text('clock a day behind', 'readable', (json) => shifted(json, -86_400_000)),
  value('null', 'not-flink', () => null),
  value('an empty list', 'odd', () => []),
  value('an empty object', 'odd', () => ({})),
  value('a number', 'not-flink', () => 42),
  value('a text', 'not-flink', () => 'RUNNING'),
  value('all lists empty', 'odd', (body) =>
    mapped(body, (member) => (Array.isArray(member) ? [] : member)),
  ),
  value('null in all lists', 'odd', (body) =>
    mapped(body, (member) => (Array.isArray(member) ? [null, ...(member as unknown[])] : member)),
  ),
  value('all numbers as texts', 'odd', (body) =>
    mapped(body, (member) => (typeof member === 'number' ? String(member) : member)),
  ),
  value('all texts as numbers', 'odd', (body) =>
    mapped(body, (member) => (typeof member === 'string' ? 7 : member)),
  ),
];

/** Heavy: one at a time. */
export const manyJobs: Fault = {
  name: 'thirty thousand jobs',
  class: 'odd',
  isHeavy: true,
  // Who asks about each of them is stopped some time.
  endsAll: true,
  answer: changes((answer) => withJobs(answer, JOBS)),
  timeoutMs: 20_000,
};

/** The answer with so many jobs more, where it is a list of jobs. */
export function withJobs(answer: HonestAnswer, count: number): HonestAnswer {
  const jobs = (answer.body as { jobs?: unknown[] } | null)?.jobs;
  if (jobs === undefined) return answer;
  const [first] = jobs as { jid: string }[];
  const more = Array.from({ length: count }, (_, index) => ({
    ...first,
    jid: index.toString(16).padStart(32, '0'),
    name: `job ${index}`,
  }));
  return { ...answer, body: { jobs: [...jobs, ...more] } };
}

function shifted(json: string, byMs: number): string {
  return json.replaceAll(/(?<=:)1\d{12}(?=[,}])/g, (digits) => String(Number(digits) + byMs));
}

function mapped(json: unknown, change: (member: unknown) => unknown): unknown {
  const changed = change(json);
  if (Array.isArray(changed)) return changed.map((member) => mapped(member, change));
  if (typeof changed !== 'object' || changed === null) return changed;
  return Object.fromEntries(
    Object.entries(changed).map(([key, member]) => [key, mapped(member, change)]),
  );
}

/** Where a value stands: keys, and 0 for the first of a list. */
export type JsonPath = readonly (string | number)[];

/** All places in a body but those beyond the first element of a list. */
export function placesOf(body: unknown, at: JsonPath = []): readonly JsonPath[] {
  const below =
    typeof body === 'object' && body !== null
      ? Object.entries(body)
          .filter(([key]) => !Array.isArray(body) || key === '0')
          .flatMap(([key, member]) => placesOf(member, [...at, Array.isArray(body) ? 0 : key]))
      : [];
  return at.length === 0 ? below : [at, ...below];
}

/** Absent is a value too. */
export const wrongValues: readonly (readonly [string, unknown])[] = [
  ['absent', undefined],
  ['null', null],
  ['a number', -1],
  ['a huge number', 9e300],
  ['a text', 'zz'],
  ['an empty text', ''],
  ['true', true],
  ['a list', [[]]],
  ['an object', { a: {} }],
];

export function wrongValue(place: JsonPath, [name, wrong]: readonly [string, unknown]): Fault {
  return {
    name: `${place.join('.')} is ${name}`,
    class: 'odd',
    answer: changes((answer) => ({ ...answer, body: replaced(answer.body, place, wrong) })),
  };
}

function replaced(body: unknown, [key, ...rest]: JsonPath, wrong: unknown): unknown {
  if (key === undefined) return wrong;
  if (Array.isArray(body)) {
    const [first, ...others] = body as unknown[];
    return [replaced(first, rest, wrong), ...others];
  }
  if (typeof body !== 'object' || body === null) return body;
  const entries = Object.entries(body).map(([name, member]): [string, unknown] =>
    name === String(key) ? [name, replaced(member, rest, wrong)] : [name, member],
  );
  return Object.fromEntries(entries);
}
