import { Args, Flags } from '@oclif/core';
import { DreyCommand } from '../cli/drey-command.ts';

export default class Run extends DreyCommand {
  static override summary = 'Run a pipeline in the embedded engine';
  static override args = { file: Args.string({ required: true, description: 'Pipeline file.' }) };
  static override flags = { strict: Flags.boolean({ description: 'Refuse warnings too.' }) };

  async run(): Promise<void> {
    await this.parse(Run);
  }
}
