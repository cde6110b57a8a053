/** Programs that the test writes; without one there are none. */
import type { CommandOptions, CommandOutcome, Commands } from '../commands.ts';

export type SimulatedProgram = (
  words: readonly [string, ...string[]],
  options: CommandOptions,
) => CommandOutcome;

export class SimulatedCommands implements Commands {
  private readonly program: SimulatedProgram;

  constructor(program: SimulatedProgram = () => ({ kind: 'not-found' })) {
    this.program = program;
  }

  run(words: readonly [string, ...string[]], options: CommandOptions): Promise<CommandOutcome> {
    return Promise.resolve(this.program(words, options));
  }
}
