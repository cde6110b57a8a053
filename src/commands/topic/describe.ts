import type { DescribedTopic } from '../../cli/topic/describe-topic.ts';
import { topicArgument } from '../../cli/topic/topic-argument.ts';
import { TopicCommand } from '../../cli/topic/topic-command.ts';

export default class TopicDescribe extends TopicCommand {
  static override summary = 'Show the partitions, offsets and settings of a topic';
  static override description =
    'For each partition: its leader, its replicas and those in sync, its earliest and latest offset. The number of messages is the distance between the two: fewer where the topic is compacted or holds transactions. Settings are those that are not the default.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> events --bootstrap-server kafka.example:9092',
    '<%= config.bin %> <%= command.id %> events --json',
  ];
  static override args = { topic: topicArgument };

  async run(): Promise<DescribedTopic> {
    const { args, flags } = await this.parse(TopicDescribe);
    const { describedTopicView, describeTopic } = await import('../../cli/topic/describe-topic.ts');
    return this.answer(flags, {
      ask: (session) => describeTopic(session, args.topic),
      view: describedTopicView,
    });
  }
}
