/** Asks before something is done that cannot be taken back; without a terminal --yes answers. */
import { UsageError } from '../../errors/drey-error.ts';
import { visibleText } from '../../output/visible-text.ts';
import type { World } from '../report-failure.ts';
import { refuseIfReadOnly, type ClusterSession } from './cluster-session.ts';

export interface Change {
  /** After "do you want to": `cancel job tick (d65e...)`. */
  readonly what: string;
  readonly isConfirmed: boolean;
  readonly isDryRun: boolean;
}

const ANSWER_BYTES_MAX = 1024;

/** True: go on. False: a dry run, which changes nothing. Throws when the answer is no. */
export async function confirmChange(session: ClusterSession, change: Change): Promise<boolean> {
  if (change.isDryRun) return false;
  refuseIfReadOnly(session, change.what);
  if (change.isConfirmed) return true;
  session.status.clear();
  await askBefore(session.world, change.what);
  return true;
}

/** Throws unless somebody at a terminal says yes. `what`: after "do you want to". */
export async function askBefore({ terminal, platform }: World, what: string): Promise<void> {
  const hint = 'Pass --yes to do it without a question.';
  if (!terminal.isInputTerminal || !terminal.isErrorTerminal) {
    throw new UsageError('DREY_USAGE', `nobody can be asked whether to ${what}`, { hint });
  }
  platform.streams.writeError(`Do you want to ${visibleText(what)}? [y/N] `);
  const line = new Uint8Array(ANSWER_BYTES_MAX);
  const count = await platform.streams.readInput(line, 0, line.length);
  const isYes = /^\s*y(es)?\s*$/i.test(new TextDecoder().decode(line.subarray(0, count)));
  if (!isYes) throw new UsageError('DREY_USAGE', `you did not want to ${what}`, { hint });
}
