/** A graph as text: a tree for the terminal, or a picture in one of several languages. */
import type { Palette } from '../palette.ts';
import { graphDot } from './graph-dot.ts';
import { graphMermaid } from './graph-mermaid.ts';
import { graphSvg } from './graph-svg.ts';
import { graphText } from './graph-text.ts';
import type { GraphView } from './graph-view.ts';

export type GraphFormat = 'text' | 'mermaid' | 'dot' | 'svg';

export interface Drawing {
  readonly format: GraphFormat;
  readonly palette: Palette;
  /** Width at which lines of the tree are cut; not at all when it is missing. */
  readonly columns?: number;
}

export function drawGraph(view: GraphView, { format, palette, columns }: Drawing): string {
  switch (format) {
    case 'text':
      return graphText(view, palette, columns);
    case 'mermaid':
      return graphMermaid(view);
    case 'dot':
      return graphDot(view);
    case 'svg':
      return graphSvg(view);
  }
}
