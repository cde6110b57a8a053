/** The explanation of a pipeline for people. */
import type { Palette } from '../../output/palette.ts';
import { renderTable } from '../../output/table.ts';
import { visibleText } from '../../output/visible-text.ts';
import type { ExplainedNode, ExplainResult } from './explain-pipeline.ts';

export function explainText(result: ExplainResult, palette: Palette): string {
  const { name, nodes, parallelism, maxParallelism, timeZone, configuration } = result;
  const head = `pipeline ${palette.name(visibleText(name))}, parallelism ${parallelism}, ${maxParallelism} key groups, time zone ${timeZone}`;
  const parts = [`${head}\n`, ...nodes.map((node) => nodeText(node, palette))];
  if (configuration.length > 0) {
    const table = renderTable(
      {
        columns: ['configuration', 'value', 'honoured by'],
        rows: configuration.map(({ key, value, honouredBy }) => [
          key,
          value,
          honouredBy.join(', '),
        ]),
      },
      palette,
    );
    parts.push(table);
  }
  return parts.join('\n');
}

function nodeText(node: ExplainedNode, palette: Palette): string {
  const lines = [`${palette.name(visibleText(node.name))}  ${visibleText(node.summary)}`];
  const add = (label: string, text: string): void => {
    lines.push(`  ${palette.faint(label.padEnd(12))} ${visibleText(text)}`);
  };
  const because = node.singleSubtaskBecause;
  add('parallelism', `${node.parallelism}${because === null ? '' : `: ${because}`}`);
  if (node.inputs.length > 0) add('reads', node.inputs.join(', '));
  node.columns.forEach((column, index) => {
    const marks = [
      ...([node.timeColumn, ...node.otherTimeColumns].includes(column.name) ? ['event time'] : []),
      ...(column.hidden ? ['hidden'] : []),
    ];
    const suffix = marks.length === 0 ? '' : `  (${marks.join(', ')})`;
    add(index === 0 ? 'columns' : '', `${column.name} ${column.type}${suffix}`);
  });
  node.watermark.forEach(({ name, description }, index) => {
    add(index === 0 ? 'watermark' : '', `${name}: ${description}`);
  });
  if (node.kind !== 'sink') add('gives', node.changelog ? 'updates and deletes' : 'appended rows');
  if (node.state.length === 0) add('state', 'none');
  node.state.forEach(({ name, kind, description }, index) => {
    add(index === 0 ? 'state' : '', `${name} (${kind}): ${description}`);
  });
  return `${lines.join('\n')}\n`;
}
