import type { DescribedTopic } from '../../cli/topic/describe-topic.ts';
import { topicNamed, topicOrPipelineArgument } from '../../cli/topic/topic-argument.ts';
import { TopicCommand } from '../../cli/topic/topic-command.ts';

export default class TopicDescribe extends TopicCommand {
  static override summary = 'Show the partitions, offsets and settings of a topic';
  static override description =
    'For each partition: its leader, its replicas and those in sync, its earliest and latest offset. The number of messages is the distance between the two: fewer where the topic is compacted or holds transactions. Settings are those that are not the default.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> events --bootstrap-server kafka.example:9092',
    '<%= config.bin %> <%= command.id %> events --json',
    '<%= config.bin %> <%= command.id %> --pipeline pipeline.yaml --node results',
  ];
  static override args = { topic: topicOrPipelineArgument };

  async run(): Promise<DescribedTopic> {
    const { args, flags } = await this.parse(TopicDescribe);
    const { describedTopicView, describeTopic } = await import('../../cli/topic/describe-topic.ts');
    return this.answer(flags, {
      ask: (session) => describeTopic(session, topicNamed(args.topic, session)),
      view: describedTopicView,
    });
  }
}
