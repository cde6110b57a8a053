/**
 * The base of all commands that reach a cluster. A command names its workflow and its view; here
 * the cluster is found, the answer is shown in the form that was asked for, and --watch repeats
 * it. What a workflow needs is loaded only when a command runs.
 */
import { DreyCommand } from '../drey-command.ts';
import type { Answer } from './answer.ts';
import { clusterFlagDeclarations, type ClusterFlags } from './cluster-flags.ts';
import type { ClusterSession } from './cluster-session.ts';

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
      if (flags.watch === true) {
        const { watchAnswer } = await import('./watch-answer.ts');
        this.exitStatus = await watchAnswer(session, flags, answer);
        return undefined;
      }
      const result = await answer.ask(session);
      session.status.clear();
      this.exitStatus = answer.exitStatus?.(result) ?? 0;
      if (!this.jsonEnabled()) {
        const { printAnswer } = await import('./print-answer.ts');
        await printAnswer(this.world, flags, { result, view: answer.view(result) });
      }
      return result;
    } finally {
      session.status.clear();
      await this.world.platform.http.close();
    }
  }

  private async openSession(flags: ClusterFlags): Promise<ClusterSession> {
    const [{ resolveCluster }, { openSession }] = await Promise.all([
      import('../context/resolve-cluster.ts'),
      import('./cluster-session.ts'),
    ]);
    const target = await resolveCluster(
      {
        url: flags.url ?? null,
        context: flags.context ?? null,
        gateway: flags.gateway ?? null,
        timeoutMs: flags.timeout ?? null,
      },
      this.world.platform,
    );
    return openSession(target, this.world);
  }
}
