/**
 * The base of all verbs on Kafka's topics. A command names its workflow and its view; here the
 * cluster is found and the answer is shown in the form that was asked for.
 */
import type { View } from '../../output/view.ts';
import { DreyCommand } from '../drey-command.ts';
import { kafkaFlagDeclarations, kafkaQuestionOf, type KafkaFlags } from './kafka-flags.ts';
import type { KafkaSession } from './kafka-session.ts';

export interface KafkaAnswer<Result> {
  readonly ask: (session: KafkaSession) => Promise<Result>;
  readonly view: (result: Result) => View;
}

export abstract class TopicCommand extends DreyCommand {
  static override baseFlags = kafkaFlagDeclarations;

  protected override readonly heededFlags = ['--timeout'];

  /** Returns what is printed as the one JSON document. */
  protected async answer<Result extends object>(
    flags: KafkaFlags,
    { ask, view }: KafkaAnswer<Result>,
  ): Promise<Result> {
    const result = await this.withSession(flags, async (session) => {
      const answered = await ask(session);
      session.status.clear();
      return answered;
    });
    await this.print(flags, result, view(result));
    return result;
  }

  /** For commands that print as they go on. */
  protected async withSession<T>(
    flags: KafkaFlags,
    work: (session: KafkaSession) => Promise<T>,
  ): Promise<T> {
    const { withKafka } = await import('./open-kafka-session.ts');
    return withKafka(this.world, kafkaQuestionOf(flags), work);
  }
}
