/** What each kind of node keeps between records, in words. */
import { durationText } from '../../errors/duration-text.ts';
import type {
  DictionaryNode,
  LookupNode,
  SinkNode,
  PlanNode,
  WindowAggregateNode,
} from '../../pipeline/plan/logical-plan.ts';
import type { WatermarkStrategy } from '../../pipeline/plan/watermark-spec.ts';
import { joinState } from './explain-join.ts';
import { rankingState } from './ranking-text.ts';
import { runningState } from './running-state.ts';
import { distinctState, type StateLine } from './state-line.ts';

export function stateOf(node: PlanNode): readonly StateLine[] {
  switch (node.kind) {
    case 'source': {
      const position: StateLine = {
        name: 'position',
        kind: 'operator',
        description: 'how far each split has been read',
      };
      if (node.watermark === null) return [position];
      return [
        position,
        { name: 'watermark', kind: 'operator', description: 'greatest event time of each split' },
        ...delayState(node.watermark.strategy),
      ];
    }
    case 'lookup':
      return [{ name: 'table', kind: 'broadcast', description: tableDescription(node) }];
    case 'window-aggregate':
      return windowState(node);
    case 'async':
      return [
        {
          name: 'in flight',
          kind: 'operator',
          description: `at most ${node.capacity} rows that wait for an answer, with the watermarks between them; after a restore they are called for again`,
        },
      ];
    case 'dictionary':
      return [dictionaryState(node)];
    case 'running-aggregate':
      return runningState(node);
    case 'union':
      return [{ name: 'watermarks', kind: 'operator', description: 'the watermark of each input' }];
    case 'dedup':
    case 'top-n':
      return rankingState(node);
    case 'interval-join':
      return joinState(node);
    case 'process':
      return [
        {
          name: 'state',
          kind: 'keyed',
          description: `what the function of ${node.moduleText} declares when it opens`,
        },
        node.window === null
          ? { name: 'timers', kind: 'keyed', description: 'those that the function has set' }
          : {
              name: 'rows',
              kind: 'keyed',
              description:
                'all rows of the open windows, freed when the last window with them fires',
            },
      ];
    case 'sink':
      return sinkState(node);
    case 'select':
      return [];
  }
}

function sinkState({ connector }: SinkNode): readonly StateLine[] {
  if (connector.kind !== 'kafka' || connector.guarantee.kind !== 'exactly-once') return [];
  const description = 'what is not committed to Kafka yet';
  return [{ name: 'rows', kind: 'operator', description }];
}

function tableDescription({ table, follows, refreshMs }: LookupNode): string {
  if (follows) return `the current rows of ${table}, in every subtask`;
  const twice = refreshMs === null ? '' : '; twice while it is read again';
  return `all rows of ${table}, in every subtask${twice}`;
}

/** The delays that a dynamic watermark has observed. */
function delayState(strategy: WatermarkStrategy): readonly StateLine[] {
  if (strategy.kind !== 'dynamic') return [];
  const description = `the last ${strategy.samples} delays of each split`;
  return [{ name: 'delays', kind: 'operator', description }];
}

function keptFor(ttlMs: number): string {
  return ttlMs === 0
    ? 'kept for ever, see state-ttl'
    : `a value that did not occur for ${durationText(ttlMs)} gets a new one`;
}

function windowState(node: WindowAggregateNode): readonly StateLine[] {
  const { window, emit } = node;
  const freed = freedWhen(node);
  const lines: StateLine[] = [
    {
      name: 'accumulators',
      kind: 'keyed',
      description: `one row of aggregates per open window and group, ${freed}`,
    },
  ];
  if (window.kind === 'hop') {
    lines.push({
      name: 'slices',
      kind: 'keyed',
      description: `the accumulators of each slide of ${durationText(window.slideMs)}, added up twice: two additions make a window, however many slides it has`,
    });
  }
  if (window.kind === 'cumulate') {
    lines.push({
      name: 'slices',
      kind: 'keyed',
      description: 'the accumulators of steps that are still to come; all others are one sum',
    });
  }
  if (emit !== null) {
    lines.push({
      name: 'emitted',
      kind: 'keyed',
      description: `the results last emitted, per window and group, ${freed}`,
    });
  }
  for (const entry of node.aggregates) {
    const kept = entry.kind === 'aggregate' ? distinctState(entry.aggregate) : null;
    if (kept === null) continue;
    lines.push({
      name: entry.name,
      kind: 'keyed',
      description: `${kept} per open window and group, ${freed}`,
    });
  }
  return lines;
}

function freedWhen({ window, emit }: WindowAggregateNode): string {
  const lateMs = emit?.allowedLatenessMs ?? 0;
  if (lateMs > 0) return `freed ${durationText(lateMs)} after the window fired`;
  if (window.kind === 'session') return 'freed when the session is over';
  return window.kind === 'tumble'
    ? 'freed when the window fires'
    : 'freed when the last window with it has fired';
}

function dictionaryState({ store, stateTtlMs }: DictionaryNode): StateLine {
  if (store === null) {
    return {
      name: 'numbers',
      kind: 'keyed',
      description: `a number for each value seen, never given to another; ${keptFor(stateTtlMs)}`,
    };
  }
  const { address, key } = store;
  return {
    name: 'witness',
    kind: 'operator',
    description: `the last number that was taken from the shared store ${key} of Redis at ${address.host}:${address.port}`,
  };
}
