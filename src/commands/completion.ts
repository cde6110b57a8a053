import { Args } from '@oclif/core';
import { shells, type Shell } from '../cli/completion/shells.ts';
import { DreyCommand } from '../cli/drey-command.ts';

export default class Completion extends DreyCommand {
  static override summary = 'Print the script that completes drey in a shell';
  static override description =
    'Completes commands, flags and their values; names of contexts and ids of jobs are asked for when they are needed, for two seconds at most.';
  static override examples = [
    'source <(<%= config.bin %> <%= command.id %> bash)',
    '<%= config.bin %> <%= command.id %> zsh > "${fpath[1]}/_<%= config.bin %>"',
    '<%= config.bin %> <%= command.id %> fish > ~/.config/fish/completions/<%= config.bin %>.fish',
    '<%= config.bin %> <%= command.id %> powershell | Out-String | Invoke-Expression',
  ];
  static override args = {
    shell: Args.custom<Shell>({ options: [...shells] })({
      required: true,
      description: 'The shell: bash, zsh, fish or powershell.',
    }),
  };

  async run(): Promise<{ shell: Shell; script: string }> {
    const { args } = await this.parse(Completion);
    const { completionScript } = await import('../cli/completion/completion-script.ts');
    const { bin, commands, topics } = this.config;
    const script = completionScript(args.shell, { bin, commands, topics });
    await this.show(script);
    return { shell: args.shell, script };
  }
}
