/** Asks before something is done that cannot be taken back; without a terminal --yes answers. */
import { UsageError } from '../../errors/drey-error.ts';
import { visibleText } from '../../output/visible-text.ts';
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
  const { terminal, platform } = session.world;
  const hint = 'Pass --yes to do it without a question, or --dry-run to see what would be done.';
  if (!terminal.isInputTerminal || !terminal.isErrorTerminal) {
    throw new UsageError('DREY_USAGE', `nobody can be asked whether to ${change.what}`, { hint });
  }
  session.status.clear();
  platform.streams.writeError(`Do you want to ${visibleText(change.what)}? [y/N] `);
  const line = new Uint8Array(ANSWER_BYTES_MAX);
  const count = await platform.streams.readInput(line, 0, line.length);
  const isYes = /^\s*y(es)?\s*$/i.test(new TextDecoder().decode(line.subarray(0, count)));
  if (!isYes) throw new UsageError('DREY_USAGE', `you did not want to ${change.what}`, { hint });
  return true;
}
