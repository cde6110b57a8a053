/** The flags of `topic tail`; what they ask for is in tail-request.ts. */
import { Flags } from '@oclif/core';

/** What `topic tail` shows before what comes, as tail does. */
const FROM_DEFAULT = '-10';

export const tailFlagDeclarations = {
  from: Flags.string({
    default: FROM_DEFAULT,
    helpValue: 'PLACE',
    description:
      'Where to begin: earliest, latest, -N (the last N of each partition), an offset, a time such as 2026-01-31T08:00:00Z (UTC without a zone), or @ with epoch milliseconds.',
  }),
  partition: Flags.integer({
    multiple: true,
    multipleNonGreedy: true,
    min: 0,
    description: 'Only this partition; may be repeated.',
  }),
  'max-messages': Flags.integer({
    min: 0,
    description: 'End after so many messages.',
  }),
  follow: Flags.boolean({
    char: 'f',
    default: true,
    allowNo: true,
    description: 'Go on with what comes, until Ctrl-C; --no-follow ends at what is there now.',
  }),
  isolation: Flags.string({
    options: ['read_uncommitted', 'read_committed'],
    default: 'read_uncommitted',
    description:
      'With read_committed, what was aborted is left out, and open transactions are waited for.',
  }),
};
