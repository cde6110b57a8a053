import { Flags } from '@oclif/core';
import type { TopicListResult } from '../../cli/topic/list-topics.ts';
import { TopicCommand } from '../../cli/topic/topic-command.ts';

export default class TopicList extends TopicCommand {
  static override summary = 'List the topics of a Kafka cluster';
  static override description =
    'Shows the topics that the login may see, with their partitions and replicas.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> --bootstrap-server kafka.example:9092',
    '<%= config.bin %> <%= command.id %> --bootstrap-server kafka.example:9093 --command-config client.properties',
    '<%= config.bin %> <%= command.id %> --all -o name',
  ];
  static override flags = {
    all: Flags.boolean({ description: 'Also the topics that Kafka keeps for itself.' }),
  };

  async run(): Promise<TopicListResult> {
    const { flags } = await this.parse(TopicList);
    const { listTopics, topicListView } = await import('../../cli/topic/list-topics.ts');
    return this.answer(flags, {
      ask: (session) => listTopics(session, { all: flags.all }),
      view: topicListView,
    });
  }
}
