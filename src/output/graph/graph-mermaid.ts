/** A graph as a Mermaid flow chart. */
import { visibleText } from '../visible-text.ts';
import { titleOf, type GraphView } from './graph-view.ts';

export function graphMermaid(view: GraphView): string {
  const ids = new Map(view.nodes.map(({ name }, index) => [name, `n${index}`]));
  const lines = ['flowchart TD'];
  for (const node of view.nodes) {
    const text = [titleOf(node), node.summary, ...(node.details ?? [])].map(escape).join('<br/>');
    lines.push(`  ${ids.get(node.name) ?? ''}["${text}"]`);
  }
  for (const { from, to, label } of view.edges) {
    const arrow = label === null ? '-->' : `-->|"${escape(label)}"|`;
    lines.push(`  ${ids.get(from) ?? ''} ${arrow} ${ids.get(to) ?? ''}`);
  }
  return `${lines.join('\n')}\n`;
}

/** Mermaid reads `#code;` inside quotes; the hash itself comes first. */
function escape(text: string): string {
  return visibleText(text)
    .replaceAll('#', '#35;')
    .replaceAll('"', '#quot;')
    .replaceAll('<', '#lt;')
    .replaceAll('>', '#gt;');
}
