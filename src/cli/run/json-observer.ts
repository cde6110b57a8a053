/** Tells of a run as JSON lines on standard error, for programs. No progress. */
import type { Finding } from '../../errors/finding.ts';
import type { CheckpointStatistics, JobSummary, JobWarning } from '../../engine/minicluster.ts';
import { versionedLine } from '../../output/json-document.ts';
import type { StopSignal } from '../../platform/signals.ts';
import type { StandardStreams } from '../../platform/standard-streams.ts';
import type { IgnoredKeys } from '../pipeline/honoured-configuration.ts';
import { checkpointLine } from './checkpoint-line.ts';
import type { RestoredFrom, RunObserver } from './run-pipeline.ts';

export class JsonObserver implements RunObserver {
  private readonly streams: StandardStreams;

  constructor(streams: StandardStreams) {
    this.streams = streams;
  }

  warned(findings: readonly Finding[]): void {
    for (const warning of findings) this.streams.writeError(versionedLine({ warning }));
  }

  ignored(keys: IgnoredKeys): void {
    this.streams.writeError(versionedLine({ ignoredConfiguration: keys }));
  }

  warnedOf({ node, message, reason }: JobWarning): void {
    const { code, details } = reason;
    this.streams.writeError(versionedLine({ warning: { code, node, message, details } }));
  }

  checkpointEnded(checkpoint: CheckpointStatistics): void {
    this.streams.writeError(versionedLine({ checkpoint: checkpointLine(checkpoint) }));
  }

  restored({ location, snapshot }: RestoredFrom): void {
    const { kind, checkpointId, jobId } = snapshot;
    this.streams.writeError(versionedLine({ restored: { location, kind, checkpointId, jobId } }));
  }

  alreadyFinished(summary: JobSummary, directory: string): void {
    const { jobId } = summary;
    this.streams.writeError(versionedLine({ alreadyFinished: { jobId, directory } }));
    this.streams.writeError(versionedLine({ summary }));
  }

  takingSavepoint(signal: StopSignal): void {
    this.streams.writeError(versionedLine({ stopping: { signal, savepoint: true } }));
  }

  started(): void {
    // Nothing is known yet that the summary does not say.
  }

  progressed(): void {
    // Programs ask for metrics; a line every quarter of a second would only fill logs.
  }

  ended(summary: JobSummary): void {
    this.streams.writeError(versionedLine({ summary }));
  }
}
