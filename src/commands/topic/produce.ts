import type { ProducedLines } from '../../cli/topic/produce-lines.ts';
import { lineOptionsOf, produceFlagDeclarations } from '../../cli/topic/produce-flags.ts';
import { topicNamed, topicOrPipelineArgument } from '../../cli/topic/topic-argument.ts';
import { TopicCommand } from '../../cli/topic/topic-command.ts';

export default class TopicProduce extends TopicCommand {
  static override summary = 'Write lines into a topic, one record each';
  static override description =
    'Reads standard input, or --file. Records with a key go to the partition where clients of Kafka send them; records without one go anywhere. Each record is written once, also when the connection breaks meanwhile, and acknowledged by all replicas in sync. The first line that cannot be sent ends it with its number; the lines before it are written then.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> events --bootstrap-server kafka.example:9092 < events.jsonl',
    '<%= config.bin %> <%= command.id %> events --file events.jsonl --key-field deviceId',
    'printf "c1=%s\\n" beijing | <%= config.bin %> <%= command.id %> localities --key-separator =',
  ];
  static override args = { topic: topicOrPipelineArgument };
  static override flags = produceFlagDeclarations;

  async run(): Promise<ProducedLines> {
    const { args, flags } = await this.parse(TopicProduce);
    const { producedLinesView, produceLines } = await import('../../cli/topic/produce-lines.ts');
    return this.answer(flags, {
      ask: (session) =>
        produceLines(session, {
          topic: topicNamed(args.topic, session),
          file: flags.file ?? null,
          partition: flags.partition ?? null,
          ...lineOptionsOf(flags),
        }),
      view: producedLinesView,
    });
  }
}
