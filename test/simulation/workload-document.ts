/** The pipeline file and the modules of a workload. Its output goes into the folder `out`. */
import type {
  Collector,
  OpenContext,
  ProcessContext,
  ProcessFunction,
  Row,
  TimerContext,
  ValueState,
} from '../../src/engine/process/process-function.ts';
import { outputTopic } from './kafka-output.ts';
import { StateLife } from './state-life.ts';
import { isJoin, isRow, lookupKeys, type InputFile, type WorkloadPlan } from './workload-plan.ts';

export const outputFolder = 'out';
/** Few, since each gives out numbers of its own, one after the other. */
const KEY_GROUPS_OF_NUMBERS = 8;
/** How far apart joined rows may be. */
export const JOIN_AFTER_MS = 700;

export interface DocumentOptions {
  /** Added to the transforms that are there, under names of their own. */
  readonly extra?: 'none' | 'added' | 'renamed';
  /** Rows that cannot be read end the job. */
  readonly failsOnPoison?: boolean;
}

export function documentOf(plan: WorkloadPlan, options: DocumentOptions = {}): string {
  const { extra = 'none', failsOnPoison = false } = options;
  const hasOthers = plan.files.some(({ source }) => source === 'others');
  const source = (name: string): unknown => ({
    ...inputOptions(plan, name),
    format: 'json',
    ...(failsOnPoison ? {} : { 'json.ignore-parse-errors': true }),
    columns: {
      id: 'BIGINT',
      ts: 'BIGINT',
      key: 'STRING',
      amount: 'INT',
      moment: 'AS TO_TIMESTAMP_LTZ(ts, 3)',
    },
    watermark: { column: 'moment', delay: `${plan.delayMs}ms` },
  });
  const table = {
    connector: 'filesystem',
    path: 'table.jsonl',
    format: 'json',
    columns: { name: 'STRING', region: 'STRING' },
    'primary-key': ['name'],
  };
  const last = extra === 'renamed' ? 'renamed' : 'result';
  return JSON.stringify({
    pipeline: {
      name: 'simulated',
      config: {
        'pipeline.auto-watermark-interval': '0 ms',
        ...(plan.kind === 'numbers' ? { 'pipeline.max-parallelism': KEY_GROUPS_OF_NUMBERS } : {}),
      },
    },
    sources: {
      events: source('events'),
      ...(hasOthers ? { others: source('others') } : {}),
      ...(plan.hasLookup ? { table } : {}),
    },
    transforms: {
      ...(hasOthers && !isJoin(plan.kind) ? { both: { union: ['events', 'others'] } } : {}),
      ...(plan.hasLookup
        ? {
            known: {
              from: hasOthers ? 'both' : 'events',
              lookup: { table: 'table', on: { key: 'name' }, select: ['region'], missing: 'drop' },
            },
          }
        : {}),
      ...transformsOf(plan, { last, from: inputOf(plan, hasOthers) }),
      ...(extra === 'added' ? { more: { from: last, where: '1 = 1' } } : {}),
    },
    sinks: {
      out: {
        from: extra === 'added' ? 'more' : last,
        ...outputOptions(plan),
        format: 'json',
      },
    },
  });
}

const KAFKA = { connector: 'kafka', 'properties.bootstrap.servers': 'kafka-0:9092' };

function inputOptions({ kafka }: WorkloadPlan, name: string): Record<string, unknown> {
  if (kafka?.isRead !== true) return { connector: 'filesystem', path: `in/${name}` };
  return {
    ...KAFKA,
    topic: name,
    'properties.group.id': 'simulated',
    'properties.isolation.level': 'read_committed',
    // A few batches at a time, so that snapshots lie between any two.
    'properties.max.partition.fetch.bytes': '300',
    'scan.startup.mode': 'earliest-offset',
    'scan.bounded.mode': 'latest-offset',
  };
}

function outputOptions({ kafka }: WorkloadPlan): Record<string, unknown> {
  if (kafka?.outPartitions == null) return { connector: 'filesystem', path: outputFolder };
  return {
    ...KAFKA,
    topic: outputTopic,
    'sink.delivery-guarantee': 'exactly-once',
    'sink.transactional-id-prefix': 'simulated',
  };
}

function inputOf(plan: WorkloadPlan, hasOthers: boolean): string {
  if (plan.hasLookup) return 'known';
  return hasOthers && !isJoin(plan.kind) ? 'both' : 'events';
}

interface Names {
  readonly last: string;
  readonly from: string;
}

function transformsOf(plan: WorkloadPlan, { last, from }: Names): Record<string, unknown> {
  switch (plan.kind) {
    case 'pass':
      return { [last]: { from, where: 'amount > 2', select: { id: 'id', twice: 'amount * 2' } } };
    case 'window':
      return { [last]: aggregateOf(plan, from) };
    case 'top-n':
      return {
        counted: aggregateOf(plan, from),
        [last]: {
          from: 'counted',
          'top-n': {
            n: 2,
            'partition-by': ['window_start', 'window_end'],
            'order-by': ['s DESC', 'key ASC'],
            rank: 'place',
          },
        },
      };
    case 'count':
      return { [last]: processOf(from, './count.js', { key: 'STRING', n: 'BIGINT' }) };
    case 'timers':
      return {
        [last]: processOf(from, './timers.js', { key: 'STRING', n: 'BIGINT', due: 'BIGINT' }),
      };
    case 'dedup':
      return {
        firsts: { from, select: { key: 'key', amount: 'amount' } },
        [last]: { from: 'firsts', dedup: { keys: ['key', 'amount'], keep: 'first' } },
      };
    case 'numbers':
      return {
        numbered: { from, dictionary: { column: 'id', as: 'number' } },
        [last]: { from: 'numbered', select: { id: 'id', key: 'key', number: 'number' } },
      };
    case 'join':
    case 'outer-join':
      return {
        l: { from: 'events', select: { l_id: 'id', l_key: 'key', l_at: 'moment' } },
        r: { from: 'others', select: { r_id: 'id', r_key: 'key', r_at: 'moment' } },
        pairs: {
          join: {
            left: 'l',
            right: 'r',
            on: { l_key: 'r_key' },
            between: ['0s', `${JOIN_AFTER_MS}ms`],
            kind: plan.kind === 'join' ? 'inner' : 'left',
          },
        },
        [last]: { from: 'pairs', select: { l: 'l_id', r: 'r_id' } },
      };
  }
}

function aggregateOf({ window }: WorkloadPlan, from: string): unknown {
  return {
    from,
    window: windowFields(window),
    'group-by': ['key'],
    aggregate: {
      n: 'COUNT(*)',
      s: 'SUM(amount)',
      u: 'COUNT(DISTINCT amount)',
      hi: 'MAX(amount)',
    },
  };
}

function windowFields(window: WorkloadPlan['window']): Record<string, string> {
  switch (window.type) {
    case 'tumble':
      return { type: 'tumble', size: `${window.sizeMs}ms` };
    case 'hop':
      return { type: 'hop', size: `${window.sizeMs}ms`, slide: `${window.slideMs}ms` };
    case 'cumulate':
      return { type: 'cumulate', size: `${window.sizeMs}ms`, step: `${window.stepMs}ms` };
    case 'session':
      return { type: 'session', gap: `${window.gapMs}ms` };
  }
}

function processOf(from: string, module: string, columns: Record<string, string>): unknown {
  return { from, process: { module, 'key-by': ['key'], columns } };
}

/** How long after a row the timer that it sets is due. */
export const TIMER_AFTER_MS = 900;

/** Where the code of a user fails, when the world says so. */
export type UserMoment = 'open' | 'row' | 'close';

/** `at`: called at each moment; what it throws is the user's mistake. */
export function modulesOf(
  at: (moment: UserMoment) => void,
  { isCrowded }: Pick<WorkloadPlan, 'isCrowded'>,
): Record<string, unknown> {
  const counting = (setsTimers: boolean): new () => ProcessFunction =>
    class implements ProcessFunction {
      private count: ValueState<number> | null = null;
      private life: StateLife | null = null;

      open(context: OpenContext): void {
        at('open');
        this.count = context.valueState<number>('count');
        this.life = new StateLife(context);
      }

      processElement(row: Row, context: ProcessContext, out: Collector): void {
        at('row');
        const n = (this.count?.value() ?? 0) + 1;
        this.count?.update(n);
        // No reference has such a row.
        if (this.life?.isRight(context) === false) out.collect({ key: null, n: -1 });
        if (!setsTimers) out.collect({ key: row['key'] ?? null, n });
        else context.registerEventTimeTimer((context.timestampMs ?? 0) + TIMER_AFTER_MS);
      }

      onTimer(due: number, context: TimerContext, out: Collector): void {
        const n = isCrowded ? 0 : (this.count?.value() ?? null);
        out.collect({ key: context.key['key'] ?? null, n, due });
      }

      close(): void {
        at('close');
      }
    };
  return { '/work/count.js': counting(false), '/work/timers.js': counting(true) };
}

export function filesOf(plan: WorkloadPlan): Record<string, string> {
  const files: Record<string, string> = {};
  if (plan.kafka?.isRead !== true) {
    for (const file of plan.files) files[file.path] = textOf(file);
  }
  if (plan.hasLookup) {
    files['table.jsonl'] = lookupKeys
      .map((name) => `${JSON.stringify({ name, region: `r-${name}` })}\n`)
      .join('');
  }
  return files;
}

function textOf({ lines }: InputFile): string {
  return lines.map((line) => `${isRow(line) ? JSON.stringify(line) : line.poison}\n`).join('');
}
