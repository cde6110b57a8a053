/** Runs statements at a recorded gateway, as `sql run -e` does. */
import {
  runScript,
  type ScriptObserver,
  type SqlRunRequest,
  type SqlRunResult,
} from '../../../src/cli/sql/run-script.ts';
import type { StatementOutcome } from '../../../src/cli/sql/statement-outcome.ts';
import { DreyError } from '../../../src/errors/drey-error.ts';
import { gatewayRecording, type RecordedGateway } from '../../support/recorded-gateway.ts';

const recorded = gatewayRecording('2.3.0').statements;
/** A statement that was recorded. */
export const textOf = (name: string): string => {
  const entry = recorded[name];
  if (entry === undefined) throw new Error(`nothing was recorded as ${name}`);
  return entry.statement;
};

export const REQUEST: SqlRunRequest = {
  file: null,
  executed: [],
  initFile: null,
  properties: {},
  session: null,
  keepsSession: false,
  rowsMax: 100,
  isWaiting: false,
  isWatching: false,
  continuesOnError: false,
};

/** Keeps what it is told. */
export class Told implements ScriptObserver {
  readonly outcomes: StatementOutcome[] = [];
  readonly changes: string[] = [];
  onChange: () => boolean = () => true;

  began(): void {
    // Is shown only.
  }

  changed(...[, , changes]: Parameters<ScriptObserver['changed']>): Promise<boolean> {
    for (const { op, values } of changes)
      this.changes.push(`${op} ${values.map(String).join(' ')}`);
    return Promise.resolve(this.onChange());
  }

  ended(outcome: StatementOutcome): Promise<void> {
    this.outcomes.push(outcome);
    return Promise.resolve();
  }
}

/** Runs statements with the flags' defaults. */
export function run(
  { session }: RecordedGateway,
  statements: readonly string[],
  request: Partial<SqlRunRequest> = {},
  told = new Told(),
): Promise<SqlRunResult> {
  return runScript(session, { ...REQUEST, executed: [statements.join(';\n')], ...request }, told);
}

/** The error of work that must fail. */
export async function failureOf(work: Promise<unknown>): Promise<DreyError> {
  const error: unknown = await work.then(
    () => new Error('it went well'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof DreyError)) throw error;
  return error;
}
