/** Runs a script and shows it in the form that was asked for. */
import type { ClusterFlags } from '../cluster/cluster-flags.ts';
import { outputFormOf } from '../cluster/cluster-flags.ts';
import type { ClusterSession } from '../cluster/cluster-session.ts';
import { printAnswer } from '../cluster/print-answer.ts';
import { runScript, type SqlRunRequest, type SqlRunResult } from './run-script.ts';
import { observerOf } from './script-observer.ts';

/** Undefined: all there is has been printed; else it is the document of --json. */
export async function runAndShow(
  session: ClusterSession,
  flags: ClusterFlags,
  request: SqlRunRequest,
): Promise<SqlRunResult | undefined> {
  const result = await runScript(session, request, observerOf(session, flags));
  session.status.clear();
  if (outputFormOf(flags) === 'yaml') {
    await printAnswer(session.world, flags, { result, view: { sections: [], names: [] } });
  }
  return request.isWatching ? undefined : result;
}
