import { Flags } from '@oclif/core';
import type { GroupLag } from '../../cli/topic/group-lag.ts';
import { TopicCommand } from '../../cli/topic/topic-command.ts';

export default class TopicLag extends TopicCommand {
  static override summary = 'Show how far a consumer group is behind';
  static override description =
    'For each partition that the group has committed an offset of: that offset, the latest one, and the distance. A pipeline commits to the group of its source when a checkpoint completes, so the lag of one that keeps up is what came since then.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> --group uv-exposure --bootstrap-server kafka.example:9092',
    '<%= config.bin %> <%= command.id %> --group uv-exposure --topic events --json',
    '<%= config.bin %> <%= command.id %> --pipeline pipeline.yaml --node events',
  ];
  static override flags = {
    group: Flags.string({
      helpValue: 'GROUP',
      description:
        'Consumer group; else group.id of the source of --pipeline, or of --command-config.',
    }),
    topic: Flags.string({ helpValue: 'TOPIC', description: 'Only the partitions of this topic.' }),
  };

  async run(): Promise<GroupLag> {
    const { flags } = await this.parse(TopicLag);
    const { groupLag, groupLagView } = await import('../../cli/topic/group-lag.ts');
    return this.answer(flags, {
      ask: (session) =>
        groupLag(session, { group: flags.group ?? null, topic: flags.topic ?? null }),
      view: groupLagView,
    });
  }
}
