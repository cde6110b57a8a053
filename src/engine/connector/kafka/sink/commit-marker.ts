/**
 * What a slot (one transactional id) of an exactly-once sink has committed, as the text that each of
 * its transactions leaves behind: a marker says which run holds the slot and up to which epoch each
 * run has come. Ids of checkpoints repeat once an older one is restored, so an epoch is named by the
 * run that wrote it as well.
 * Invariant: an epoch is called committed, or not committed, only when the marker proves it.
 */

/** What one run wrote between two snapshots. */
export interface EpochLabel {
  /** Hexadecimal digits of one life of the sink. */
  readonly run: string;
  /** The slot's runs, counted from 1. */
  readonly generation: number;
  /** Id of the snapshot that named it first. */
  readonly epoch: number;
}

export interface CommitMarker {
  /** Of the run that holds the slot. */
  readonly generation: number;
  readonly run: string;
  /** Of runs from this generation on, those that are not in `committed` have committed nothing. */
  readonly knownFrom: number;
  /** The last epoch of each run, by generation. */
  readonly committed: readonly EpochLabel[];
}

/** Null: the offset's metadata is no marker. */
export type ParsedMarker = CommitMarker | null;

export type EpochOutcome = 'committed' | 'not-committed' | 'unknown';

/** Below `offset.metadata.max.bytes` of a broker, 4,096 by default. */
const MARKER_TEXT_MAX = 4_000;
const WORD = 'drey-1';
const MARKER = /^drey-1 (\d+) ([0-9a-f]+) (\d+)((?: [0-9a-f]+:\d+:\d+)*)$/;

/** `marker` null: none is there, or not any more. */
export function outcomeOf(marker: CommitMarker | null, label: EpochLabel): EpochOutcome {
  if (marker === null) return 'unknown';
  const last = marker.committed.find((entry) => isSameRun(entry, label));
  if (last !== undefined) return last.epoch >= label.epoch ? 'committed' : 'not-committed';
  const isKnown = label.generation >= marker.knownFrom && label.generation <= marker.generation;
  return isKnown ? 'not-committed' : 'unknown';
}

/** The marker with which `run` takes the slot; `restored`: epochs that it starts from. */
export function claimed(
  before: CommitMarker | null,
  run: string,
  restored: readonly EpochLabel[],
): CommitMarker {
  const generations = restored.map(({ generation }) => generation);
  const generation = Math.max(0, before?.generation ?? 0, ...generations) + 1;
  const { knownFrom = generation, committed = [] } = before ?? {};
  return { generation, run, knownFrom, committed };
}

/** The marker after one more epoch; runs that find no room in its text are forgotten, oldest first. */
export function withCommitted(marker: CommitMarker, label: EpochLabel): CommitMarker {
  const others = marker.committed.filter((entry) => !isSameRun(entry, label));
  let { knownFrom } = marker;
  for (;;) {
    const committed = [...others, label].sort((a, b) => a.generation - b.generation);
    const next = { ...marker, knownFrom, committed };
    const forgotten = markerText(next).length > MARKER_TEXT_MAX ? others.shift() : undefined;
    if (forgotten === undefined) return next;
    knownFrom = Math.max(knownFrom, forgotten.generation + 1);
  }
}

export function isSameRun(
  a: { readonly run: string; readonly generation: number },
  b: { readonly run: string; readonly generation: number },
): boolean {
  return a.run === b.run && a.generation === b.generation;
}

export function markerText({ generation, run, knownFrom, committed }: CommitMarker): string {
  const entries = committed.map((entry) => ` ${entry.run}:${entry.generation}:${entry.epoch}`);
  return `${WORD} ${generation} ${run} ${knownFrom}${entries.join('')}`;
}

export function parseMarker(text: string): ParsedMarker {
  const [, generation, run, knownFrom, entries] = MARKER.exec(text) ?? [];
  if (run === undefined || entries === undefined) return null;
  const committed = entries
    .split(' ')
    .slice(1)
    .map((entry) => {
      const [entryRun = '', entryGeneration, epoch] = entry.split(':');
      return { run: entryRun, generation: Number(entryGeneration), epoch: Number(epoch) };
    });
  return { generation: Number(generation), run, knownFrom: Number(knownFrom), committed };
}
