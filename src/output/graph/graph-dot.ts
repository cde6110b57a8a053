/** A graph in the DOT language of Graphviz. */
import { visibleText } from '../visible-text.ts';
import { titleOf, type GraphView } from './graph-view.ts';

export function graphDot(view: GraphView): string {
  const lines = ['digraph pipeline {', '  node [shape=box];'];
  for (const node of view.nodes) {
    // The break between the lines is DOT's own \n.
    const text = [titleOf(node), node.summary, ...(node.details ?? [])].map(escape).join('\\n');
    lines.push(`  ${quote(node.name)} [label="${text}"];`);
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
