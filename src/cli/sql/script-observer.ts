/**
 * Tells of a script while it runs: results on standard output as soon as a statement is over,
 * progress on standard error. Under --json rows come as lines with --watch; else all is one
 * document at the end, which is not printed here.
 */
import { UsageError } from '../../errors/drey-error.ts';
import type { SqlColumn, SqlRow } from '../../flink/model/sql-result.ts';
import { versionedLine } from '../../output/json-document.ts';
import { renderView } from '../../output/render-view.ts';
import { visibleText } from '../../output/visible-text.ts';
import { outputFormOf, type ClusterFlags, type OutputForm } from '../cluster/cluster-flags.ts';
import type { ClusterSession } from '../cluster/cluster-session.ts';
import { appendJobSummary } from '../cluster/github-summary.ts';
import { renderOptionsOf } from '../cluster/print-answer.ts';
import { ChangeLines } from './change-lines.ts';
import { progressText } from './run-statement.ts';
import type { PlacedStatement } from './read-script.ts';
import type { ScriptObserver } from './run-script.ts';
import { statementResult, type StatementOutcome } from './statement-outcome.ts';
import { statementView } from './statement-view.ts';
import { rowObject } from './value-text.ts';

export function observerOf(session: ClusterSession, flags: ClusterFlags): ScriptObserver {
  const form = outputFormOf(flags);
  if (flags.watch === true) {
    if (form === 'json') return new LinesObserver(session);
    if (form !== 'text' && form !== 'wide') {
      throw new UsageError('DREY_USAGE', `--watch prints text or JSON lines, and no ${form}`);
    }
  }
  if (form === 'json' || form === 'yaml') return new SilentObserver(session);
  return new TextObserver(session, form, flags['no-color'] === true);
}

/** Progress only. */
class SilentObserver implements ScriptObserver {
  protected readonly session: ClusterSession;

  constructor(session: ClusterSession) {
    this.session = session;
  }

  began(statement: PlacedStatement, index: number, count: number): void {
    if (count > 1) this.session.status.show(progressText(statement, index, count));
  }

  /** Never called: who prints no changes is not there with --watch. */
  changed(
    _index: number,
    _columns: readonly SqlColumn[],
    _changes: readonly SqlRow[],
  ): Promise<boolean> {
    return Promise.resolve(true);
  }

  ended(_outcome: StatementOutcome, _count: number): Promise<void> {
    this.session.status.clear();
    return Promise.resolve();
  }

  protected write(text: string): Promise<boolean> {
    return this.session.platform.streams.writeOutput(Buffer.from(text));
  }
}

/** A line for each change, and one for each statement that is over. */
class LinesObserver extends SilentObserver {
  override changed(
    index: number,
    columns: readonly SqlColumn[],
    changes: readonly SqlRow[],
  ): Promise<boolean> {
    const lines = changes.map(({ op, values }) =>
      versionedLine({ index, op, row: rowObject(columns, values) }),
    );
    return lines.length === 0 ? Promise.resolve(true) : this.write(lines.join(''));
  }

  override async ended(outcome: StatementOutcome, count: number): Promise<void> {
    await super.ended(outcome, count);
    await this.write(versionedLine({ statement: statementResult(outcome) }));
  }
}

class TextObserver extends SilentObserver {
  private readonly form: Exclude<OutputForm, 'json' | 'yaml'>;
  private readonly noColorFlag: boolean;
  private lines: ChangeLines | null = null;
  private linesIndex = 0;

  constructor(
    session: ClusterSession,
    form: Exclude<OutputForm, 'json' | 'yaml'>,
    noColorFlag: boolean,
  ) {
    super(session);
    this.form = form;
    this.noColorFlag = noColorFlag;
  }

  override changed(
    index: number,
    columns: readonly SqlColumn[],
    changes: readonly SqlRow[],
  ): Promise<boolean> {
    if (this.lines === null || this.linesIndex !== index) {
      this.lines = new ChangeLines(columns);
      this.linesIndex = index;
    }
    const text = this.lines.add(changes).map((line) => `${visibleText(line)}\n`);
    return text.length === 0 ? Promise.resolve(true) : this.write(text.join(''));
  }

  override async ended(outcome: StatementOutcome, count: number): Promise<void> {
    await super.ended(outcome, count);
    // The error tells of it, and of those that were not run.
    if (outcome.state === 'FAILED' && count === 1 && outcome.rows.length === 0) return;
    if (outcome.isWatched) return;
    const view = statementView(outcome, {
      count,
      isWide: this.form === 'wide',
      namesNull: this.form !== 'csv',
    });
    // A table for a program is that of its rows alone.
    const isSaid = this.form === 'csv' && view.sections[0]?.kind !== 'table';
    if (isSaid) return;
    const form = this.form === 'github' ? 'markdown' : this.form;
    const options = renderOptionsOf(this.session.world, this.noColorFlag);
    const text = renderView(view, form, options);
    await this.write(text);
    if (this.form === 'github') await appendJobSummary(this.session.platform, text);
  }
}
