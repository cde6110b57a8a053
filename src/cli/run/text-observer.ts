/**
 * Shows a run to people on standard error: warnings, a progress line on a terminal, the summary.
 * Invariant: whatever else is written, the progress line is taken away before.
 */
import { renderFinding } from '../../document/code-frame.ts';
import type { Finding } from '../../errors/finding.ts';
import type {
  CheckpointOverview,
  JobProgress,
  JobSummary,
  JobWarning,
} from '../../engine/minicluster.ts';
import { formatCount, formatDuration, formatTime } from '../../output/humanise.ts';
import { progressLine, type ProgressView } from '../../output/progress-line.ts';
import { visibleText } from '../../output/visible-text.ts';
import type { StandardStreams } from '../../platform/standard-streams.ts';
import type { StopSignal } from '../../platform/signals.ts';
import type { Terminal } from '../../platform/terminal.ts';
import type { IgnoredKeys } from '../pipeline/honoured-configuration.ts';
import type { RestoredFrom, RunObserver } from './run-pipeline.ts';
import type { EndReason } from './supervise-job.ts';

/** Carriage return, then erase the line (ECMA-48: EL). */
const ERASE_LINE = '\r\u001b[2K';

export class TextObserver implements RunObserver {
  private readonly streams: StandardStreams;
  private readonly terminal: Terminal;
  private readonly showsLag: boolean;
  private isLineShown = false;

  constructor(streams: StandardStreams, terminal: Terminal, showsLag = false) {
    this.streams = streams;
    this.terminal = terminal;
    this.showsLag = showsLag;
  }

  warned(findings: readonly Finding[], text: string): void {
    for (const finding of findings) this.writeLine(renderFinding(finding, text));
  }

  ignored({ notYet, notApplicable }: IgnoredKeys): void {
    const parts = [
      ...(notYet.length === 0 ? [] : [`does not honour yet ${notYet.join(', ')}`]),
      ...(notApplicable.length === 0 ? [] : [`has no use for ${notApplicable.join(', ')}`]),
    ];
    this.writeLine(`note: the embedded engine ${parts.join(' and ')}`);
  }

  warnedOf({ message, reason }: JobWarning): void {
    this.writeLine(`warning: ${visibleText(message)} (${reason.code})`);
  }

  checkpointEnded(): void {
    // The progress line counts them; what fails comes as a warning.
  }

  restored({ location, snapshot }: RestoredFrom): void {
    const { kind, checkpointId } = snapshot;
    this.writeLine(`restored from ${kind} ${checkpointId}, ${visibleText(location)}`);
  }

  alreadyFinished({ name, jobId }: JobSummary, directory: string): void {
    const where = `run ${jobId} in ${visibleText(directory)}`;
    this.writeLine(
      `${visibleText(name)} has come to its end before (${where}), so there is nothing to do; --again starts it from the beginning`,
    );
  }

  takingSavepoint(signal: StopSignal): void {
    const again = signal === 'SIGINT' ? 'Ctrl-C' : signal;
    this.writeLine(`taking a savepoint before the stop; a second ${again} stops at once`);
  }

  started(): void {
    // The first progress line says enough.
  }

  progressed(progress: JobProgress, checkpoints: CheckpointOverview | null): void {
    if (!this.terminal.isErrorTerminal) return;
    const { lag = [], ...shown } = progress;
    const view = {
      ...shown,
      ...(this.showsLag && { lag }),
      checkpoints: countsOf(checkpoints),
    };
    const line = progressLine(view, this.terminal.errorColumns());
    this.streams.writeError(`${ERASE_LINE}${line}`);
    this.isLineShown = true;
  }

  ended(summary: JobSummary, because: EndReason): void {
    this.clear();
    // Whoever closed the output, such as `head`, has what was wanted.
    if (because === 'output-closed') return;
    this.writeLine(summaryText(summary));
    if (summary.savepoint !== undefined) {
      this.writeLine(`savepoint ${visibleText(summary.savepoint)}`);
    }
  }

  /** Takes the progress line away; it comes back with the next progress. */
  clear(): void {
    if (this.isLineShown) this.streams.writeError(ERASE_LINE);
    this.isLineShown = false;
  }

  private writeLine(text: string): void {
    this.clear();
    this.streams.writeError(`${text}\n`);
  }
}

function countsOf(
  checkpoints: CheckpointOverview | null,
): NonNullable<ProgressView['checkpoints']> | null {
  if (checkpoints === null) return null;
  const { counts, latestCompleted } = checkpoints;
  return { completed: counts.completed, lastDurationMs: latestCompleted?.endToEndMs ?? null };
}

/** One line. */
export function summaryText(summary: JobSummary): string {
  const { name, state, durationMs, recordsIn, recordsOut, lateRecords, deadRecords } = summary;
  const watermark =
    summary.watermarkAtMs === null ? '' : `, watermark ${formatTime(summary.watermarkAtMs)} UTC`;
  const counts = [
    `${formatCount(recordsIn)} rows in`,
    `${formatCount(recordsOut)} out`,
    `${formatCount(lateRecords)} late`,
    `${formatCount(deadRecords)} dead`,
  ].join(', ');
  const { completed, failed } = summary.checkpoints;
  const taken = completed + failed === 0 ? '' : `, ${checkpointsText(completed, failed)}`;
  return `${visibleText(name)} ${state} after ${formatDuration(durationMs)}: ${counts}${watermark}${taken}`;
}

function checkpointsText(completed: number, failed: number): string {
  const done = `${formatCount(completed)} checkpoint${completed === 1 ? '' : 's'}`;
  return failed === 0 ? done : `${done}, ${formatCount(failed)} failed`;
}
