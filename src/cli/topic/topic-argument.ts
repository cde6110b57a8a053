/** The topic that most verbs take. */
import { Args } from '@oclif/core';

export const topicArgument = Args.string({ required: true, description: 'Name of the topic.' });
