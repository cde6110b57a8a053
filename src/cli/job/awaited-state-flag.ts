/** The flag that says which state of a job is waited for, in any case of its letters. */
import { Flags } from '@oclif/core';
import { UsageError } from '../../errors/drey-error.ts';
import { awaitedStates, type AwaitedState } from '../../ops/job/wait-verdict.ts';

export const awaitedStateFlag = Flags.custom<AwaitedState>({
  multiple: true,
  multipleNonGreedy: true,
  default: () => Promise.resolve<AwaitedState[]>(['ended']),
  defaultHelp: () => Promise.resolve('ended'),
  helpValue: 'STATE',
  description: `One of ${awaitedStates.join(', ')}; may be repeated, and then any of them will do.`,
  parse: (text) => {
    const state = awaitedStates.find((known) => known.toUpperCase() === text.toUpperCase());
    if (state !== undefined) return Promise.resolve(state);
    const message = `--for is ${JSON.stringify(text)}; it is one of ${awaitedStates.join(', ')}`;
    return Promise.reject(new UsageError('DREY_USAGE', message));
  },
})({ multiple: true });
