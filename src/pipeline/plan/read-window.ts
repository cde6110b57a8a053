/** The window of a node: its lengths, and which of them fit together. */
import { durationText } from '../../errors/duration-text.ts';
import type { TransformDraft } from '../parse/draft.ts';
import type { Located } from '../spec/field.ts';
import type { Window, WindowEmit } from './logical-plan.ts';
import type { Typing } from './typing.ts';

interface WindowSource {
  readonly draft: TransformDraft;
  readonly typing: Typing;
}

type Draft = NonNullable<TransformDraft['values']['window']>['value'];

/** Null when it makes no window, which is reported here or was before. */
export function readWindow(source: WindowSource): Window | null {
  const draft = source.draft.values.window?.value;
  if (draft === undefined || draft.type === null) return null;
  const type = draft.type.value;
  refuseForeign(draft, type, source);
  if (type === 'session') return readSession(draft, source);
  const sizeMs = draft.size?.value;
  if (sizeMs === undefined) return null;
  const offsetMs = readOffset(draft.offset, sizeMs, source);
  switch (type) {
    case 'tumble':
      return { kind: 'tumble', sizeMs, offsetMs };
    case 'hop': {
      const slideMs = readPart(draft, 'slide', source);
      return slideMs === null ? null : { kind: 'hop', sizeMs, slideMs, offsetMs };
    }
    case 'cumulate': {
      const stepMs = readPart(draft, 'step', source);
      const leavesOutUnchanged =
        source.draft.values.emit?.value['suppress-unchanged'].value ?? false;
      return stepMs === null
        ? null
        : { kind: 'cumulate', sizeMs, stepMs, offsetMs, leavesOutUnchanged };
    }
  }
}

/** Null: final results alone. Only tumbling windows can be corrected. */
export function readEmit({ draft, typing }: WindowSource): WindowEmit | null {
  const emit = draft.values.emit?.value;
  const type = draft.values.window?.value.type?.value;
  const suppress = emit?.['suppress-unchanged'];
  if (suppress?.value === true && type !== undefined && type !== 'cumulate') {
    typing.reader.report(suppress.node ?? draft.key, {
      code: 'DREY_PIPELINE_CONFLICT',
      message: `emit.suppress-unchanged needs a window of type cumulate; this one is ${type}.`,
    });
  }
  const early = emit?.early ?? null;
  const lateness = emit?.['allowed-lateness'] ?? null;
  if (early === null && (lateness === null || lateness.value === 0)) return null;
  if (type !== undefined && type !== 'tumble') {
    const name = early === null ? 'allowed-lateness' : 'early';
    typing.reader.report((early ?? lateness)?.node ?? draft.key, {
      code: 'DREY_PIPELINE_CONFLICT',
      message: `emit.${name} needs a window of type tumble; this one is ${type}.`,
      hint: emitHints[type],
    });
  }
  return { earlyMs: early?.value ?? null, allowedLatenessMs: lateness?.value ?? 0 };
}

const emitHints = {
  hop: 'Use a tumbling window, or leave it out.',
  cumulate: 'A cumulating window gives a result at each step as it is.',
  session: 'A late row may join sessions that were given out apart; leave it out.',
} as const;

const partOf = { hop: 'slide', cumulate: 'step', session: 'gap' } as const;

function readSession(draft: Draft, { draft: node, typing }: WindowSource): Window | null {
  const place = node.values.window?.node ?? node.key;
  for (const name of ['size', 'offset'] as const) {
    const value = draft[name];
    if (value === null || value.node === null) continue;
    typing.reader.report(value.node, {
      code: 'DREY_PIPELINE_CONFLICT',
      message: `A window of type session has no ${name}; its rows say how long it is.`,
    });
  }
  if (isMany(node)) {
    typing.reader.report(node.values['group-by']?.node ?? node.key, {
      code: 'DREY_PIPELINE_NOT_SUPPORTED',
      message: 'A window of type session has one list of group columns.',
      hint: 'Write a node for each level.',
    });
  }
  if (draft.gap !== null) return { kind: 'session', gapMs: draft.gap.value };
  typing.reader.report(place, {
    code: 'DREY_PIPELINE_MISSING_FIELD',
    message: 'The field "gap" is missing.',
  });
  return null;
}

function isMany({ values }: TransformDraft): boolean {
  const kind = values['group-by']?.value.kind;
  return kind === 'rollup' || kind === 'grouping-sets';
}

/** A field of another kind of window says that this kind is not the one that was meant. */
function refuseForeign(draft: Draft, type: string, { draft: node, typing }: WindowSource): void {
  for (const [kind, part] of Object.entries(partOf)) {
    const value = draft[part];
    if (kind === type || value === null) continue;
    typing.reader.report(value.node ?? node.key, {
      code: 'DREY_PIPELINE_CONFLICT',
      message: `"${part}" belongs to windows of type ${kind}, and this one is ${type}.`,
    });
  }
}

/** As Flink: the size is a whole multiple of it. */
function readPart(
  draft: Draft,
  part: 'slide' | 'step',
  { draft: node, typing }: WindowSource,
): number | null {
  const value = draft[part];
  const sizeMs = draft.size?.value ?? 0;
  if (value === null) {
    typing.reader.report(node.values.window?.node ?? node.key, {
      code: 'DREY_PIPELINE_MISSING_FIELD',
      message: `The field "${part}" is missing.`,
    });
    return null;
  }
  if (value.value <= sizeMs && sizeMs % value.value === 0) return value.value;
  const problem =
    value.value > sizeMs
      ? `is longer than the window of ${durationText(sizeMs)}`
      : `does not divide the window of ${durationText(sizeMs)}`;
  typing.reader.report(value.node ?? node.key, {
    code: 'DREY_PIPELINE_VALUE',
    message: `The ${part} of ${durationText(value.value)} ${problem}.`,
    hint: `The size must be a whole multiple of the ${part}.`,
  });
  return null;
}

function readOffset(
  offset: Located<number>,
  sizeMs: number,
  { draft, typing }: WindowSource,
): number {
  if (Math.abs(offset.value) >= sizeMs) {
    typing.reader.report(offset.node ?? draft.key, {
      code: 'DREY_PIPELINE_VALUE',
      message: `The offset of ${durationText(offset.value)} must be shorter than the window of ${durationText(sizeMs)}.`,
    });
  }
  // A negative offset names the same windows as the positive one a size later.
  return ((offset.value % sizeMs) + sizeMs) % sizeMs;
}
