/**
 * For each kind of operator a small pipeline whose result is the same at any parallelism, and the
 * input that all of them read: one file a source, since lateness over several depends on who is
 * ahead. Inputs of unions and joins have no late rows.
 */
import type { ProcessFunction, WindowFunction } from '../../src/engine/process/process-function.ts';
import { SeededRandom } from '../../src/platform/simulated/random.ts';
import type { SimulatedPlatform } from '../../src/platform/simulated/simulated-platform.ts';

export interface OperatorBranch {
  readonly name: string;
  readonly sources: readonly SourceName[];
  /** Lines under `transforms:`; the last one is read by the sink and has the branch's name. */
  readonly transforms: string;
}

type SourceName = 'web' | 'calm' | 'app' | 'places';

const COLUMNS =
  'columns: { ts: BIGINT, id: STRING, kind: STRING, amount: INT, event_time: "AS TO_TIMESTAMP_LTZ(ts, 3)" }';
const fileSource = (name: SourceName, file: string, delay: string): string =>
  `  ${name}: { connector: filesystem, path: ${file}, format: json, ${COLUMNS}, watermark: { column: event_time, delay: ${delay} } }`;

const sourceTexts: Readonly<Record<SourceName, string>> = {
  web: fileSource('web', 'web.jsonl', '5s'),
  calm: fileSource('calm', 'web.jsonl', '60s'),
  app: fileSource('app', 'app.jsonl', '60s'),
  places:
    '  places: { connector: filesystem, path: places.jsonl, format: json, columns: { place: STRING, city: STRING }, primary-key: [place] }',
};

const web = (name: string, transforms: string): OperatorBranch => ({
  name,
  sources: ['web'],
  transforms,
});

export const operatorBranches: readonly OperatorBranch[] = [
  web(
    'tumble',
    '  tumble: { from: web, window: { type: tumble, size: 30s }, group-by: [id], aggregate: { n: COUNT(*), kinds: COUNT(DISTINCT kind), most: MAX(amount), mean: AVG(amount) } }',
  ),
  web(
    'hop',
    '  hop: { from: web, window: { type: hop, size: 1min, slide: 20s }, group-by: [kind], aggregate: { n: COUNT(*), ids: COUNT(DISTINCT id), total: SUM(amount) } }',
  ),
  web(
    'cumulate',
    '  cumulate: { from: web, window: { type: cumulate, size: 2min, step: 30s }, group-by: [kind], aggregate: { n: COUNT(*), ids: COUNT(DISTINCT id) } }',
  ),
  web(
    'session',
    '  session: { from: web, window: { type: session, gap: 8s }, group-by: [id], aggregate: { n: COUNT(*), most: MAX(amount) } }',
  ),
  web(
    'early',
    '  early: { from: web, window: { type: tumble, size: 1min }, group-by: [id], aggregate: { n: COUNT(*), ids: COUNT(DISTINCT kind) }, emit: { early: 5ms, allowed-lateness: 30s } }',
  ),
  web(
    'running',
    '  running: { from: web, group-by: [id], aggregate: { n: COUNT(*), kinds: COUNT(DISTINCT kind), most: MAX(amount), total: SUM(amount) }, state-ttl: 1h }',
  ),
  web('first', '  first: { from: web, dedup: { keys: [id, kind], keep: first }, state-ttl: 1h }'),
  web(
    'oldest',
    '  oldest: { from: web, dedup: { keys: [id], keep: first, order-by: event_time } }',
  ),
  web('last', '  last: { from: web, dedup: { keys: [id], keep: last, order-by: event_time } }'),
  web(
    'top',
    '  top: { from: web, top-n: { n: 3, partition-by: [kind], order-by: [amount DESC, ts ASC], rank: place }, state-ttl: 1h }',
  ),
  web(
    'top_counts',
    `  counts: { from: web, group-by: [kind, id], aggregate: { n: COUNT(*) } }
  top_counts: { from: counts, top-n: { n: 2, partition-by: [kind], order-by: [n DESC, id ASC] } }`,
  ),
  web(
    'top_window',
    `  minutes: { from: web, window: { type: tumble, size: 1min }, group-by: [id], aggregate: { n: COUNT(*) } }
  top_window: { from: minutes, top-n: { n: 2, order-by: [n DESC, id ASC], rank: place } }`,
  ),
  {
    name: 'joined',
    sources: ['calm', 'app'],
    transforms: `  clicks: { from: calm, select: { click: id, click_ts: ts, click_at: event_time } }
  buys: { from: app, select: { buy: id, buy_ts: ts, buy_at: event_time } }
  joined: { join: { left: clicks, right: buys, on: { click: buy }, between: [-10s, 5s], kind: full } }`,
  },
  {
    name: 'looked_up',
    sources: ['web', 'places'],
    transforms: '  looked_up: { from: web, lookup: { table: places, on: { id: place } } }',
  },
  {
    name: 'united',
    sources: ['calm', 'app'],
    transforms: `  both: { union: [calm, app] }
  united: { from: both, window: { type: tumble, size: 30s }, group-by: [id], aggregate: { n: COUNT(*) } }`,
  },
  web(
    'numbered',
    `  tagged: { from: web, select: { ts: ts, tag: "CONCAT(kind, CAST(amount AS STRING))" } }
  numbered: { from: tagged, dictionary: { column: tag, as: number }, state-ttl: 1h }`,
  ),
  web(
    'called',
    '  called: { from: web, async: { module: ./call.js, columns: { answer: STRING }, capacity: 8 } }',
  ),
  web(
    'processed',
    '  processed: { from: web, process: { module: ./process.js, key-by: [id], columns: { id: STRING, what: STRING, n: BIGINT } } }',
  ),
  web(
    'processed_windows',
    '  processed_windows: { from: web, window: { type: tumble, size: 30s }, process: { module: ./window.js, key-by: [id], columns: { id: STRING, n: BIGINT, before: BIGINT } } }',
  ),
];

/** `NAME`: of the pipeline. A branch's rows go to a sink `out_BRANCH`. */
export function pipelineOf(name: string, branches: readonly OperatorBranch[]): string {
  const sources = new Set(branches.flatMap((branch) => branch.sources));
  return `pipeline: { name: ${name} }
sources:
${[...sources].map((source) => sourceTexts[source]).join('\n')}
transforms:
${branches.map(({ transforms }) => transforms).join('\n')}
sinks:
${branches.map((branch) => `  out_${branch.name}: { from: ${branch.name}, connector: print }`).join('\n')}
`;
}

const EVENTS = 160;
const ids = ['anna', 'bo', 'çelik', '日本', '😀x', 'dora', 'emil', null] as const;
const kinds = ['click', 'buy', 'view', 'Ärger'] as const;

/** By file name. Times go up by a second an event, give or take `disorder`. */
export function branchInputs(): Readonly<Record<string, string>> {
  const places = ids.slice(0, 4).map((place, at) => ({ place, city: `city ${at}` }));
  return {
    'web.jsonl': eventLines('web', 12_000),
    'app.jsonl': eventLines('app', 4_000),
    'places.jsonl': places.map((place) => `${JSON.stringify(place)}\n`).join(''),
  };
}

function eventLines(label: string, disorderMs: number): string {
  const random = new SeededRandom(7, label);
  const lines = Array.from({ length: EVENTS }, (_, index) => {
    // Unique, so that no order is left open.
    const ts = 1_700_000_000_000 + index * 1000 - random.index(disorderMs / 1000) * 1000 + index;
    const id = ids[random.index(ids.length)];
    const kind = kinds[random.index(kinds.length)];
    return `${JSON.stringify({ ts, id, kind, amount: random.index(50) })}\n`;
  });
  return lines.join('');
}

/** State of each kind, timers, and a time to live that does not end. */
class Processed implements ProcessFunction {
  #count!: { value(): number | null; update(n: number): void };
  #kinds!: { add(kind: string): void; get(): Iterable<string> };
  #byKind!: { get(kind: string): number | null | undefined; put(kind: string, n: number): void };

  open(context: Parameters<NonNullable<ProcessFunction['open']>>[0]): void {
    this.#count = context.valueState<number>('count', { ttl: { ttlMs: 3_600_000 } });
    this.#kinds = context.listState<string>('kinds');
    this.#byKind = context.mapState<string, number>('by-kind');
  }

  processElement(...[row, context, out]: Parameters<ProcessFunction['processElement']>): void {
    const kind = typeof row['kind'] === 'string' ? row['kind'] : '';
    const n = (this.#count.value() ?? 0) + 1;
    this.#count.update(n);
    this.#kinds.add(kind);
    this.#byKind.put(kind, (this.#byKind.get(kind) ?? 0) + 1);
    out.collect({ ...context.key, what: `${kind} ${this.#byKind.get(kind)}`, n });
    context.registerEventTimeTimer((Math.floor(context.timestampMs! / 20_000) + 1) * 20_000);
  }

  onTimer(...[, context, out]: Parameters<NonNullable<ProcessFunction['onTimer']>>): void {
    const seen = [...new Set(this.#kinds.get())].sort().join(' ');
    out.collect({ ...context.key, what: seen.slice(0, 3), n: -1 });
  }
}

class Windows implements WindowFunction {
  #before!: { value(): number | null; update(n: number): void };

  open(context: Parameters<NonNullable<WindowFunction['open']>>[0]): void {
    this.#before = context.valueState<number>('before');
  }

  processWindow(...[, rows, context, out]: Parameters<WindowFunction['processWindow']>): void {
    const before = this.#before.value() ?? 0;
    this.#before.update(before + rows.length);
    out.collect({ ...context.key, n: rows.length, before });
  }
}

/** How long an answer takes, so that rows are in flight when a snapshot is taken. */
const ANSWER_MS = 20;

/** The modules of the pipelines; `platform` is asked when they wait. */
export function branchModules(
  platform: () => SimulatedPlatform,
): Readonly<Record<string, unknown>> {
  const call = async (row: Readonly<Record<string, unknown>>): Promise<unknown> => {
    await new Promise<void>((resolve) => {
      platform().timers.after(ANSWER_MS, resolve);
    });
    return { answer: `${String(row['id'])} of ${String(row['kind'])}` };
  };
  return { '/work/call.js': call, '/work/process.js': Processed, '/work/window.js': Windows };
}
