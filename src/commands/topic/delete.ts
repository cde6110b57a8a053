import { Flags } from '@oclif/core';
import { changeFlagDeclarations } from '../../cli/cluster/cluster-flags.ts';
import type { DeletedTopics } from '../../cli/topic/delete-topics.ts';
import { topicArgument } from '../../cli/topic/topic-argument.ts';
import { TopicCommand } from '../../cli/topic/topic-command.ts';

export default class TopicDelete extends TopicCommand {
  static override summary = 'Delete topics with all that is in them';
  static override description =
    'Asks first and says how many messages would go; nothing brings them back. Topics that Kafka keeps for itself are refused.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> events --bootstrap-server kafka.example:9092',
    '<%= config.bin %> <%= command.id %> events results --dry-run',
    '<%= config.bin %> <%= command.id %> events --yes --if-exists',
  ];
  // More than one is taken from argv.
  static override strict = false;
  static override args = { topic: topicArgument };
  static override flags = {
    ...changeFlagDeclarations,
    'if-exists': Flags.boolean({ description: 'A topic that is not there is no failure.' }),
  };

  async run(): Promise<DeletedTopics> {
    const { argv, flags } = await this.parse(TopicDelete);
    const { deletedTopicsView, deleteTopics } = await import('../../cli/topic/delete-topics.ts');
    return this.answer(flags, {
      ask: (session) =>
        deleteTopics(session, {
          topics: argv.map(String),
          ifExists: flags['if-exists'],
          isConfirmed: flags.yes,
          isDryRun: flags['dry-run'],
        }),
      view: deletedTopicsView,
    });
  }
}
