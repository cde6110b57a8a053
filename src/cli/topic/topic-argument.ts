/** The topic that most verbs take; where it is left out, that of the pipeline's node. */
import { Args } from '@oclif/core';

import { UsageError } from '../../errors/drey-error.ts';
import type { KafkaSession } from './kafka-session.ts';

export const topicArgument = Args.string({ required: true, description: 'Name of the topic.' });

export const topicOrPipelineArgument = Args.string({
  description: "Name of the topic; that of the pipeline's node when left out.",
});

export function topicNamed(argument: string | undefined, session: KafkaSession): string {
  const topic = argument ?? session.pipelineTopic;
  if (topic !== null) return topic;
  throw new UsageError('DREY_USAGE', 'no topic is named', {
    hint: 'Name it as the argument, or a pipeline file that knows it by --pipeline.',
  });
}
