/** The flag that chooses the language of a drawing. */
import { Flags } from '@oclif/core';

export const graphFormatFlag = Flags.option({
  options: ['text', 'mermaid', 'dot', 'svg'] as const,
  default: 'text' as const,
  description: 'Language of the drawing: a tree for the terminal, or one for documents.',
})();
