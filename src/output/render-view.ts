/** A view as text in the form that was asked for. */
import { cellText, isNumeric, rawCellText, type ZoneOffset } from './cell-text.ts';
import type { Palette } from './palette.ts';
import { renderTable } from './table.ts';
import type { Cell, Column, FieldsSection, Section, TableSection, View } from './view.ts';
import { visibleLines, visibleText } from './visible-text.ts';

/** The forms that are no documents. */
export type ViewForm = 'text' | 'wide' | 'csv' | 'name' | 'markdown';

export interface RenderOptions {
  readonly palette: Palette;
  readonly zoneOffset: ZoneOffset;
}

export function renderView(view: View, form: ViewForm, options: RenderOptions): string {
  switch (form) {
    case 'text':
    case 'wide':
      return joined(view.sections.map((section) => textOf(section, form === 'wide', options)));
    case 'csv':
      return csvOf(view);
    case 'name':
      return view.names.map((name) => `${visibleText(name)}\n`).join('');
    case 'markdown':
      return joined(view.sections.map((section) => markdownOf(section, options)));
  }
}

/** Sections apart by an empty line. */
function joined(texts: readonly string[]): string {
  return texts.filter((text) => text !== '').join('\n');
}

function textOf(section: Section, isWide: boolean, options: RenderOptions): string {
  const title =
    section.title === undefined ? '' : `${options.palette.strong(visibleText(section.title))}\n`;
  switch (section.kind) {
    case 'table':
      return title + tableText(chosen(section, isWide), options);
    case 'fields':
      return title + fieldsText(section, isWide, options);
    case 'text':
      return `${title}${section.lines.map((line) => `${visibleLines(line)}\n`).join('')}`;
  }
}

function tableText({ columns, rows, empty }: TableSection, options: RenderOptions): string {
  const [first] = rows;
  if (first === undefined) return `${options.palette.faint(empty)}\n`;
  return renderTable(
    {
      columns: columns.map(({ heading }) => heading),
      rows: rows.map((row) => row.map((cell) => cellText(cell, options.zoneOffset))),
      rightAligned: columns.flatMap((_, index) => {
        const cell = first[index];
        return cell !== undefined && isNumeric(cell) ? [index] : [];
      }),
      paint: (text, row, column) => painted(text, rows[row]?.[column], options.palette),
    },
    options.palette,
  );
}

function fieldsText({ fields }: FieldsSection, isWide: boolean, options: RenderOptions): string {
  const shown = fields.filter((field) => isWide || field.isWide !== true);
  const width = Math.max(0, ...shown.map(({ label }) => label.length));
  return shown
    .map(({ label, cell }) => {
      const value = visibleText(cellText(cell, options.zoneOffset));
      return `${options.palette.faint(label.padEnd(width))}  ${painted(value, cell, options.palette)}\n`;
    })
    .join('');
}

function painted(text: string, cell: Cell | undefined, palette: Palette): string {
  switch (cell?.mood) {
    case 'good':
      return palette.good(text);
    case 'doubtful':
      return palette.doubtful(text);
    case 'bad':
      return palette.bad(text);
    case undefined:
      return text;
  }
}

/** Without the wide columns. */
function chosen(section: TableSection, isWide: boolean): TableSection {
  if (isWide) return section;
  const kept = section.columns.map(({ isWide: isExtra }) => isExtra !== true);
  return {
    ...section,
    columns: section.columns.filter((_, index) => kept[index]),
    rows: section.rows.map((row) => row.filter((_, index) => kept[index])),
  };
}

/** The first table, else the fields as key and value, else the lines. RFC 4180, but \n. */
function csvOf({ sections }: View): string {
  const table = sections.find((section) => section.kind === 'table');
  if (table !== undefined) {
    return csvLines([
      table.columns.map(({ key }) => key),
      ...table.rows.map((row) => row.map(rawCellText)),
    ]);
  }
  const fields = sections.flatMap((section) => (section.kind === 'fields' ? section.fields : []));
  if (fields.length > 0) {
    return csvLines([['key', 'value'], ...fields.map(({ key, cell }) => [key, rawCellText(cell)])]);
  }
  const lines = sections.flatMap((section) => (section.kind === 'text' ? section.lines : []));
  return csvLines([['line'], ...lines.map((line) => [line])]);
}

function csvLines(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => `${row.map(csvField).join(',')}\n`).join('');
}

function csvField(text: string): string {
  const visible = visibleText(text);
  return /[",]|^\s|\s$/.test(visible) ? `"${visible.replaceAll('"', '""')}"` : visible;
}

function markdownOf(section: Section, options: RenderOptions): string {
  const title = section.title === undefined ? '' : `### ${markdownText(section.title)}\n\n`;
  switch (section.kind) {
    case 'table': {
      const { columns, rows, empty } = chosen(section, false);
      if (rows.length === 0) return `${title}${empty}\n`;
      return title + markdownTable(columns, rows, options);
    }
    case 'fields': {
      const columns = [
        { key: 'key', heading: 'what' },
        { key: 'value', heading: 'value' },
      ];
      const shown = section.fields.filter((field) => field.isWide !== true);
      const rows = shown.map(({ label, cell }): Cell[] => [{ kind: 'text', text: label }, cell]);
      return title + markdownTable(columns, rows, options);
    }
    case 'text':
      return `${title}\`\`\`\n${section.lines.map((line) => `${visibleLines(line)}\n`).join('')}\`\`\`\n`;
  }
}

function markdownTable(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  { zoneOffset }: RenderOptions,
): string {
  const [first] = rows;
  const rule = columns.map((_, index) => {
    const cell = first?.[index];
    return cell !== undefined && isNumeric(cell) ? '--:' : '---';
  });
  const lines = [
    columns.map(({ heading }) => markdownText(heading)),
    rule,
    ...rows.map((row) => row.map((cell) => markdownText(cellText(cell, zoneOffset)))),
  ];
  return lines.map((line) => `| ${line.join(' | ')} |\n`).join('');
}

/** Text of others must not become markup. */
function markdownText(text: string): string {
  return visibleText(text).replaceAll(/[\\`*_{}[\]<>#|~!]/g, '\\$&');
}
