/** Calls to the outside: the module, the columns that it gives, how many rows may be in flight. */
import type { RowField } from '../../expression/type.ts';
import type { TransformDraft } from '../parse/draft.ts';
import { outputColumns } from './column-schema.ts';
import type { AsyncNode, AsyncRetry } from './logical-plan.ts';
import { mainStream, type PlannedNode, type StreamColumns } from './planned-node.ts';
import type { TransformInput } from './transform-input.ts';

type AsyncValues = NonNullable<TransformDraft['values']['async']>['value'];

/** Null when the columns are not known, or the module is not; that is reported. */
export function planAsync(input: TransformInput): PlannedNode | null {
  const { draft, stream, typing, from } = input;
  const values = draft.values.async?.value;
  if (values === undefined || draft.isIncomplete) return null;
  const { modulePath } = draft;
  refuseChangelog(input);
  const where = typing.condition(draft.values.where, stream.columns);
  const resultColumns = readColumns(values, input);
  if (resultColumns === null || modulePath === null) return null;
  const columns = [...stream.columns, ...resultColumns];
  const appended: StreamColumns = { ...stream, columns, changelog: null };
  const select = typing.select(draft.values.select, columns);
  if (select === undefined) return null;
  const { noTimeBecause, ...output } = outputColumns(appended, select, draft.name);
  const node: AsyncNode = {
    kind: 'async',
    ...input.place,
    ...output,
    from,
    where,
    modulePath,
    moduleText: values.module?.value.text ?? '',
    resultColumns,
    columns,
    capacity: values.capacity.value,
    timeoutMs: values.timeout.value,
    isOrdered: values.order.value === 'ordered',
    retry: retryOf(values),
    select,
  };
  return { node, streams: new Map([['main', mainStream(node, noTimeBecause)]]) };
}

/** An update would be taken back under another answer than it was sent with. */
function refuseChangelog({ draft, stream, from, typing }: TransformInput): void {
  if (stream.changelog === null) return;
  typing.reader.report(draft.values.from?.node ?? draft.key, {
    code: 'DREY_PIPELINE_CHANGELOG',
    message: `Two calls for one row may give two results, but "${from.node}" corrects rows that it has sent.`,
    hint: 'Let async read a node that only appends rows, before the one that updates.',
  });
}

function readColumns(
  { columns }: AsyncValues,
  { stream, typing }: TransformInput,
): readonly RowField[] | null {
  const declared = columns?.value ?? [];
  const fields = declared.flatMap(({ name, key, value }) => {
    const type = typing.type(value);
    if (!stream.columns.some((column) => column.name === name)) {
      return type === null ? [] : [{ name, type }];
    }
    typing.reader.report(key, {
      code: 'DREY_PIPELINE_COLUMN',
      message: `The input has a column "${name}" already.`,
      hint: 'Columns of the input pass unchanged; give the result another name.',
    });
    return [];
  });
  return declared.length === 0 || fields.length < declared.length ? null : fields;
}

function retryOf({ retry }: AsyncValues): AsyncRetry | null {
  if (retry === null) return null;
  const { attempts, delay, backoff, 'max-delay': maxDelay } = retry.value;
  if (attempts === null || delay === null) return null;
  return {
    attempts: attempts.value,
    delayMs: delay.value,
    backoff: backoff.value,
    maxDelayMs: maxDelay.value,
  };
}
