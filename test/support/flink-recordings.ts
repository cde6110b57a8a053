/**
 * Recorded answers of real Flink clusters, by version and name; see the README beside the files.
 * Names are the same in all versions, except in those of the adaptive scheduler.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const recordedVersions = ['1.17.2', '1.20.1', '2.3.0'] as const;
/** Also recorded: calls that only the adaptive scheduler of 2.3.0 knows. */
export type RecordingSet = (typeof recordedVersions)[number] | '2.3.0-adaptive';

export interface Recording {
  readonly request: {
    readonly method: string;
    /** With the query. */
    readonly path: string;
    /** `<multipart>` for an upload, null for none. */
    readonly body: unknown;
  };
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** From the root of the repository, where tests run. */
const FOLDER = join('test', 'contract', 'recordings');

export function recordingsOf(set: RecordingSet): ReadonlyMap<string, Recording> {
  const text = readFileSync(join(FOLDER, `flink-${set}.json`), 'utf8');
  return new Map(Object.entries(JSON.parse(text) as Record<string, Recording>));
}

/** A name that is missing is a mistake of the test. */
export function recordingOf(set: RecordingSet, name: string): Recording {
  const recording = recordingsOf(set).get(name);
  if (recording === undefined) throw new Error(`nothing was recorded as ${name} with ${set}`);
  return recording;
}
