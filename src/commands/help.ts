import { Args, loadHelpClass } from '@oclif/core';
import { DreyCommand } from '../cli/drey-command.ts';

export default class Help extends DreyCommand {
  static override summary = 'Show the help of a command';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> pipeline validate',
  ];
  static override strict = false;
  static override args = {
    command: Args.string({ description: 'The command, in one or more words.' }),
  };

  async run(): Promise<void> {
    const { argv } = await this.parse(Help);
    const HelpClass = await loadHelpClass(this.config);
    await new HelpClass(this.config).showHelp(argv.map(String));
  }
}
