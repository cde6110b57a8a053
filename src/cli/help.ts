/** oclif's help, with an error of drey's own for a verb that does not exist. */
import { Help } from '@oclif/core';
import { unknownCommand } from './nearest-command.ts';

export class DreyHelp extends Help {
  override async showHelp(argv: string[]): Promise<void> {
    const words = argv.filter((word) => !word.startsWith('-') && word !== 'help');
    const [first] = words;
    if (first !== undefined && !this.isKnown(words)) {
      throw unknownCommand(words.join(':'), {
        bin: this.config.bin,
        ids: this.config.commandIDs,
      });
    }
    await super.showHelp(argv);
  }

  /** True when the words begin with a command, or are a topic. */
  private isKnown(words: readonly string[]): boolean {
    const prefixes = words.map((_, index) => words.slice(0, index + 1).join(':'));
    return (
      prefixes.some((id) => this.config.findCommand(id) !== undefined) ||
      this.config.findTopic(words.join(':')) !== undefined
    );
  }
}
