/**
 * Puts a run together with the one who shows it: rows that go to the same terminal as the progress
 * line take it away first.
 */
import type { JobSummary } from '../../engine/minicluster.ts';
import type { Platform } from '../../platform/platform.ts';
import type { World } from '../report-failure.ts';
import { runPipeline, type RunObserver, type RunRequest } from './run-pipeline.ts';

/** `onRows`: called before the engine writes the first row to standard output. */
export async function runAsText(
  request: RunRequest,
  { platform, terminal }: World,
  onRows: () => void,
): Promise<JobSummary> {
  const { TextObserver } = await import('./text-observer.ts');
  const observer = new TextObserver(platform.streams, terminal, request.showsLag);
  const clearing = clearBefore(platform, () => {
    observer.clear();
  });
  return runPipeline(request, clearing, tellingOfRows(observer, onRows));
}

export async function runAsJson(
  request: RunRequest,
  { platform }: World,
  onRows: () => void,
): Promise<JobSummary> {
  const { JsonObserver } = await import('./json-observer.ts');
  return runPipeline(request, platform, tellingOfRows(new JsonObserver(platform.streams), onRows));
}

function tellingOfRows(observer: RunObserver, onRows: () => void): RunObserver {
  return {
    warned: (findings, text) => observer.warned(findings, text),
    ignored: (keys) => observer.ignored(keys),
    warnedOf: (warning) => observer.warnedOf(warning),
    started: (printsRows) => {
      if (printsRows) onRows();
      observer.started(printsRows);
    },
    checkpointEnded: (checkpoint) => observer.checkpointEnded(checkpoint),
    restored: (from) => observer.restored(from),
    alreadyFinished: (summary, directory) => observer.alreadyFinished(summary, directory),
    takingSavepoint: (signal) => observer.takingSavepoint(signal),
    progressed: (progress, checkpoints) => observer.progressed(progress, checkpoints),
    ended: (summary, because) => observer.ended(summary, because),
  };
}

function clearBefore(platform: Platform, clear: () => void): Platform {
  const { streams } = platform;
  return {
    ...platform,
    streams: {
      readInput: (target, offset, length) => streams.readInput(target, offset, length),
      writeOutput: (content) => {
        clear();
        return streams.writeOutput(content);
      },
      writeError: (text) => streams.writeError(text),
    },
  };
}
