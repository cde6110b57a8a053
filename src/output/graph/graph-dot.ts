/** A graph in the DOT language of Graphviz. */
import { visibleText } from '../visible-text.ts';
import type { GraphView } from './graph-view.ts';

export function graphDot(view: GraphView): string {
  const lines = ['digraph pipeline {', '  node [shape=box];'];
  for (const { name, summary } of view.nodes) {
    // The break between the two lines is DOT's own \n.
    lines.push(`  ${quote(name)} [label="${escape(name)}\\n${escape(summary)}"];`);
  }
  for (const { from, to, label } of view.edges) {
    const attribute = label === null ? '' : ` [label=${quote(label)}]`;
    lines.push(`  ${quote(from)} -> ${quote(to)}${attribute};`);
  }
  return `${lines.join('\n')}\n}\n`;
}

function quote(text: string): string {
  return `"${escape(text)}"`;
}

function escape(text: string): string {
  return visibleText(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"');
}
