/** The completion script of a shell, out of the commands that this drey has. */
import { bashScript } from './bash-script.ts';
import { commandTree, type KnownCommands } from './command-tree.ts';
import { fishScript } from './fish-script.ts';
import { powershellScript } from './powershell-script.ts';
import type { Shell } from './shells.ts';
import { zshScript } from './zsh-script.ts';

export function completionScript(shell: Shell, known: KnownCommands): string {
  const tree = commandTree(known);
  switch (shell) {
    case 'bash':
      return bashScript(tree);
    case 'zsh':
      return zshScript(tree);
    case 'fish':
      return fishScript(tree);
    case 'powershell':
      return powershellScript(tree);
  }
}
