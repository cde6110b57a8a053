/**
 * `sql run`: the statements of a script, one after the other, in one session. A statement that
 * fails fails the command, and what follows it is not run unless that is asked for.
 */
import { OperationFailedError, RefusedError } from '../../errors/drey-error.ts';
import type { SqlColumn, SqlRow } from '../../flink/model/sql-result.ts';
import { locateFailure } from '../../flink/sql/locate-failure.ts';
import { concealed, maskSecrets } from '../../flink/sql/mask-secrets.ts';
import type { Properties } from '../../flink/sql/sql-gateway.ts';
import { isTemporary, statementKind } from '../../flink/sql/statement-kind.ts';
import { commandLine, refuseIfReadOnly, type ClusterSession } from '../cluster/cluster-session.ts';
import { readFileStatements, readScript, type PlacedStatement } from './read-script.ts';
import { emptyOutcome, runStatement } from './run-statement.ts';
import { isSessionKnown, lostSession, withSqlSession, type SqlSession } from './sql-session.ts';
import {
  placeText,
  statementResult,
  type StatementOutcome,
  type StatementResult,
} from './statement-outcome.ts';
import { statementsFailed } from './statements-failed.ts';
import { withStatements } from './with-statements.ts';

export interface SqlRunRequest {
  /** `-` is standard input; null: the statements are given. */
  readonly file: string | null;
  readonly executed: readonly string[];
  /** A file whose statements configure the session. */
  readonly initFile: string | null;
  readonly properties: Properties;
  readonly session: string | null;
  readonly keepsSession: boolean;
  readonly rowsMax: number;
  readonly isWaiting: boolean;
  readonly isWatching: boolean;
  readonly continuesOnError: boolean;
}

export interface SqlRunResult {
  readonly session: string;
  readonly gatewayVersion: string;
  readonly statements: readonly StatementResult[];
}

/** Is told what happens, in order. */
export interface ScriptObserver {
  began(statement: PlacedStatement, index: number, count: number): void;
  /** With --watch; false: nobody reads any more. */
  changed(
    index: number,
    columns: readonly SqlColumn[],
    changes: readonly SqlRow[],
  ): Promise<boolean>;
  ended(outcome: StatementOutcome, count: number): Promise<void>;
}

export async function runScript(
  cluster: ClusterSession,
  request: SqlRunRequest,
  observer: ScriptObserver,
): Promise<SqlRunResult> {
  const { initFile, properties, session: handle, keepsSession: isKept } = request;
  const init = initFile === null ? [] : await readFileStatements(initFile, cluster.platform);
  const statements = await readScript(request, cluster.platform);
  refuseChanges(cluster, statements);
  return withSqlSession(cluster, { properties, handle, isKept }, async (session) => {
    if (isKept) tellSession(session);
    for (const statement of init) await configure(session, statement);
    const outcomes = await runAll(session, { request, statements, observer });
    return resultOf(session, outcomes);
  });
}

/** Before anything runs. Temporary things end with the session. */
function refuseChanges(cluster: ClusterSession, statements: readonly PlacedStatement[]): void {
  const change = statements.find(
    ({ text }) => statementKind(text).effect !== 'harmless' && !isTemporary(text),
  );
  if (change === undefined) return;
  refuseIfReadOnly(cluster, `run ${statementKind(change.text).name} (${placeText(change)})`);
}

function tellSession({ cluster, handle }: SqlSession): void {
  const words = ['--session', handle, '-e', 'SHOW TABLES', ...(cluster.target.gatewayFlags ?? [])];
  const next = commandLine(cluster, 'sql', 'run', ...words);
  cluster.status.note(`the session is kept; go on with: ${next}`);
}

/** The gateway refuses what does not configure a session. */
async function configure(session: SqlSession, statement: PlacedStatement): Promise<void> {
  const { gateway, handle, interruption, cluster } = session;
  cluster.status.show(`initialising the session: ${placeText(statement)}`);
  gateway.transport.restartTotal();
  try {
    await interruption.race(gateway.configure(handle, statement.text));
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    if (!(await isSessionKnown(gateway, handle))) throw lostSession(gateway, handle);
    const masked = maskSecrets(statement.text);
    const { message, exception, reasons } = locateFailure(statement, error.details);
    throw new OperationFailedError(
      'DREY_STATEMENT_FAILED',
      `${placeText(statement)}: the session cannot be initialised: ${concealed(message, masked)}`,
      {
        hint: 'With --init only statements that configure a session can be run: SET, CREATE, USE, ADD JAR and their like.',
        details: {
          file: statement.file,
          line: statement.line,
          column: statement.column,
          exception,
          reasons: reasons.map((reason) => concealed(reason, masked)),
        },
        cause: error,
      },
    );
  } finally {
    cluster.status.clear();
  }
}

interface Script {
  readonly request: SqlRunRequest;
  readonly statements: readonly PlacedStatement[];
  readonly observer: ScriptObserver;
}

async function runAll(session: SqlSession, script: Script): Promise<readonly StatementOutcome[]> {
  const { cluster } = session;
  const { request, statements, observer } = script;
  const outcomes: StatementOutcome[] = [];
  const all = (): readonly StatementOutcome[] => [...outcomes, ...skipped(statements, outcomes)];
  for (const [at, statement] of statements.entries()) {
    const index = at + 1;
    observer.began(statement, index, statements.length);
    let outcome: StatementOutcome;
    try {
      outcome = await runStatement(session, {
        statement,
        index,
        count: statements.length,
        rowsMax: request.rowsMax,
        isWaiting: request.isWaiting,
        onChanges: request.isWatching
          ? (columns, changes) => observer.changed(index, columns, changes)
          : null,
      });
    } catch (error) {
      throw withStatements(error, all().map(statementResult));
    }
    outcomes.push(outcome);
    await observer.ended(outcome, statements.length);
    if (outcome.kind === 'QUIT' || outcome.kind === 'EXIT') break;
    if (outcome.state === 'FAILED' && !request.continuesOnError) break;
  }
  const failed = outcomes.filter(({ state }) => state === 'FAILED');
  const [first] = failed;
  if (first !== undefined) throw statementsFailed(cluster, { first, failed, all: all() });
  return all();
}

function skipped(
  statements: readonly PlacedStatement[],
  outcomes: readonly StatementOutcome[],
): readonly StatementOutcome[] {
  return statements.map((statement, at) => emptyOutcome(statement, at + 1)).slice(outcomes.length);
}

function resultOf(session: SqlSession, outcomes: readonly StatementOutcome[]): SqlRunResult {
  return {
    session: session.handle,
    gatewayVersion: `v${session.gateway.version}`,
    statements: outcomes.map(statementResult),
  };
}
