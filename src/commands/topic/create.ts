import { Flags } from '@oclif/core';
import type { CreatedTopic } from '../../cli/topic/create-topic.ts';
import { topicArgument } from '../../cli/topic/topic-argument.ts';
import { TopicCommand } from '../../cli/topic/topic-command.ts';
import { topicSettingsOf } from '../../cli/topic/topic-settings.ts';

export default class TopicCreate extends TopicCommand {
  static override summary = 'Create a topic';
  static override description =
    'Waits until every partition has a leader. A topic that is there already is exit 5.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> events --bootstrap-server kafka.example:9092',
    '<%= config.bin %> <%= command.id %> events --partitions 12 --replication-factor 3 --config retention.ms=86400000',
    '<%= config.bin %> <%= command.id %> localities --config cleanup.policy=compact --if-not-exists',
  ];
  static override args = { topic: topicArgument };
  static override flags = {
    partitions: Flags.integer({
      min: 1,
      description: 'How many partitions; what the brokers hold for usual when left out.',
    }),
    'replication-factor': Flags.integer({
      min: 1,
      max: 32_767,
      description: 'On how many brokers each partition lies; as the brokers do when left out.',
    }),
    config: Flags.string({
      multiple: true,
      multipleNonGreedy: true,
      helpValue: 'NAME=VALUE',
      description: 'A setting of the topic, such as retention.ms=86400000. May be repeated.',
    }),
    'if-not-exists': Flags.boolean({
      description: 'A topic of this name is no failure; it stays as it is.',
    }),
  };

  async run(): Promise<CreatedTopic> {
    const { args, flags } = await this.parse(TopicCreate);
    const topic = {
      name: args.topic,
      partitionCount: flags.partitions ?? -1,
      replicationFactor: flags['replication-factor'] ?? -1,
      configuration: topicSettingsOf(flags.config ?? []),
    };
    const { createdTopicView, createTopic } = await import('../../cli/topic/create-topic.ts');
    return this.answer(flags, {
      ask: (session) => createTopic(session, { topic, ifNotExists: flags['if-not-exists'] }),
      view: createdTopicView,
    });
  }
}
