/** What the flags of `topic tail` ask for. */
import { UsageError } from '../../errors/drey-error.ts';
import { outputFormOf } from '../cluster/cluster-flags.ts';
import { renderOptionsOf } from '../cluster/print-answer.ts';
import type { World } from '../report-failure.ts';
import type { KafkaFlags } from './kafka-flags.ts';
import type { RecordForm } from './record-text.ts';
import { parseTailStart } from './tail-start.ts';
import type { TailRequest } from './tail-topic.ts';

interface TailFlags extends KafkaFlags {
  readonly from: string;
  readonly partition?: readonly number[] | undefined;
  readonly 'max-messages'?: number | undefined;
  readonly follow: boolean;
  readonly isolation: string;
}

export function tailRequestOf(flags: TailFlags, world: World): Omit<TailRequest, 'topic'> {
  return {
    start: parseTailStart(flags.from),
    partitions: flags.partition ?? [],
    messagesMax: flags['max-messages'] ?? null,
    follows: flags.follow,
    isolationLevel: flags.isolation === 'read_committed' ? 'read_committed' : 'read_uncommitted',
    form: recordFormOf(flags, world),
  };
}

function recordFormOf(flags: KafkaFlags, world: World): RecordForm {
  const form = outputFormOf(flags);
  switch (form) {
    case 'json':
      return { kind: 'json' };
    case 'wide':
      return { kind: 'wide', ...renderOptionsOf(world, flags['no-color'] === true) };
    case 'text':
      return { kind: world.terminal.isOutputTerminal ? 'value' : 'raw' };
    case 'yaml':
    case 'csv':
    case 'name':
    case 'markdown':
    case 'github':
      throw new UsageError('DREY_USAGE', `records come as text, wide or json, not as ${form}`);
  }
}
