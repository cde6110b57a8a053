import { tailFlagDeclarations } from '../../cli/topic/tail-flags.ts';
import { topicNamed, topicOrPipelineArgument } from '../../cli/topic/topic-argument.ts';
import { TopicCommand } from '../../cli/topic/topic-command.ts';

export default class TopicTail extends TopicCommand {
  static override summary = 'Show the records of a topic as they come';
  static override description =
    'Prints the value of each record on a line: byte by byte into a pipe, with control characters made visible on a terminal. -o wide has partition, offset, time, key and headers as well; --json gives one JSON object a line: {partition, offset, timestampAtMs, key, value, headers}, where bytes that are no text are in keyBase64 and valueBase64. Reads without a group and commits nothing. Partitions that are added while it follows are not read.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> events --bootstrap-server kafka.example:9092',
    '<%= config.bin %> <%= command.id %> events --from earliest --no-follow > events.jsonl',
    '<%= config.bin %> <%= command.id %> events --from 2026-01-31T08:00:00Z --max-messages 20 -o wide',
    '<%= config.bin %> <%= command.id %> --pipeline pipeline.yaml --node results -o wide',
    '<%= config.bin %> <%= command.id %> results --isolation read_committed --json',
  ];
  static override args = { topic: topicOrPipelineArgument };
  static override flags = tailFlagDeclarations;

  protected override readonly tellsInLines = true;

  async run(): Promise<void> {
    const { args, flags } = await this.parse(TopicTail);
    const [{ tailRequestOf }, { tailExitStatus, tailTopic }] = await Promise.all([
      import('../../cli/topic/tail-request.ts'),
      import('../../cli/topic/tail-topic.ts'),
    ]);
    const request = tailRequestOf(flags, this.world);
    this.giveOutputToRows();
    const tailed = await this.withSession(flags, (session) =>
      tailTopic(session, { topic: topicNamed(args.topic, session), ...request }),
    );
    this.exitStatus = tailExitStatus(tailed);
  }
}
