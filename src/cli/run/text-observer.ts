/**
 * Shows a run to people on standard error: warnings, a progress line on a terminal, the summary.
 * Invariant: whatever else is written, the progress line is taken away before.
 */
import { renderFinding } from '../../document/code-frame.ts';
import type { Finding } from '../../errors/finding.ts';
import type { JobProgress, JobSummary, JobWarning } from '../../engine/minicluster.ts';
import { formatCount, formatDuration, formatTime } from '../../output/humanise.ts';
import { progressLine } from '../../output/progress-line.ts';
import { visibleText } from '../../output/visible-text.ts';
import type { StandardStreams } from '../../platform/standard-streams.ts';
import type { Terminal } from '../../platform/terminal.ts';
import type { IgnoredKeys } from '../pipeline/honoured-configuration.ts';
import type { RunObserver } from './run-pipeline.ts';
import type { EndReason } from './supervise-job.ts';

/** Carriage return, then erase the line (ECMA-48: EL). */
const ERASE_LINE = '\r\u001b[2K';

export class TextObserver implements RunObserver {
  private readonly streams: StandardStreams;
  private readonly terminal: Terminal;
  private isLineShown = false;

  constructor(streams: StandardStreams, terminal: Terminal) {
    this.streams = streams;
    this.terminal = terminal;
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

  started(): void {
    // The first progress line says enough.
  }

  progressed(progress: JobProgress): void {
    if (!this.terminal.isErrorTerminal) return;
    const line = progressLine(progress, this.terminal.errorColumns());
    this.streams.writeError(`${ERASE_LINE}${line}`);
    this.isLineShown = true;
  }

  ended(summary: JobSummary, because: EndReason): void {
    this.clear();
    // Whoever closed the output, such as `head`, has what was wanted.
    if (because !== 'output-closed') this.writeLine(summaryText(summary));
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
  return `${visibleText(name)} ${state} after ${formatDuration(durationMs)}: ${counts}${watermark}`;
}
