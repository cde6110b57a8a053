/**
 * The base of all commands that reach a cluster. A command names its workflow and its view; here
 * the cluster is found, the answer is shown in the form that was asked for, and --watch repeats
 * it. Commands are loaded one by one, so what all of them need is imported here at once.
 */
import type { View } from '../../output/view.ts';
import { resolveCluster } from '../context/resolve-cluster.ts';
import { DreyCommand } from '../drey-command.ts';
import type { Answer, OwnAnswer } from './answer.ts';
import { clusterFlagDeclarations, clusterQuestionOf, type ClusterFlags } from './cluster-flags.ts';
import { openSession, type ClusterSession } from './cluster-session.ts';

export abstract class ClusterCommand extends DreyCommand {
  static override baseFlags = clusterFlagDeclarations;

  protected override readonly reachesCluster = true;

  /** Returns what is printed as the one JSON document; undefined after --watch. */
  protected async answer<Result extends object>(
    flags: ClusterFlags,
    answer: Answer<Result>,
  ): Promise<Result | undefined> {
    const session = await this.openSession(flags);
    try {
      if (flags.watch === true) return await this.watch(flags, askedAgain(session, answer));
      // Loaded while the cluster is asked.
      const printing = this.jsonEnabled() ? null : import('./print-answer.ts');
      const result = await answer.ask(session);
      session.status.clear();
      this.exitStatus = answer.exitStatus?.(result) ?? 0;
      if (printing !== null) {
        const { printAnswer } = await printing;
        await printAnswer(this.world, flags, { result, view: answer.view(result) });
      }
      return result;
    } finally {
      session.status.end();
    }
  }

  /** An answer for which no cluster was asked. */
  protected async answerHere<Result extends object>(
    flags: ClusterFlags,
    result: Result,
    view: View,
  ): Promise<Result> {
    await this.print(flags, result, view);
    return result;
  }

  /** Also with --watch, after which it gives undefined. */
  protected async answerAgain<Result extends object>(
    flags: ClusterFlags,
    answer: OwnAnswer<Result>,
  ): Promise<Result | undefined> {
    if (flags.watch === true) return this.watch(flags, answer);
    const result = await answer.ask();
    return this.answerHere(flags, result, answer.view(result));
  }

  private async watch<Result extends object>(
    flags: ClusterFlags,
    answer: OwnAnswer<Result>,
  ): Promise<undefined> {
    const { watchAnswer } = await import('./watch-answer.ts');
    this.exitStatus = await watchAnswer(this.world, flags, answer);
    return undefined;
  }

  /** For commands that print as they go on. */
  protected async withSession<T>(
    flags: ClusterFlags,
    work: (session: ClusterSession) => Promise<T>,
  ): Promise<T> {
    const session = await this.openSession(flags);
    try {
      return await work(session);
    } finally {
      session.status.end();
    }
  }

  private async openSession(flags: ClusterFlags): Promise<ClusterSession> {
    const target = await resolveCluster(clusterQuestionOf(flags), this.world.platform);
    return openSession(target, this.world);
  }
}

function askedAgain<Result extends object>(
  session: ClusterSession,
  answer: Answer<Result>,
): OwnAnswer<Result> {
  const ask = async (): Promise<Result> => {
    // --timeout is for each answer.
    session.client.transport.restartTotal();
    const result = await answer.ask(session);
    session.status.clear();
    return result;
  };
  return { ...answer, ask };
}
