/** The steps of `tests`: every node and column they name exists; cells stay as written. */
import type { DocumentNode, MapNode } from '../../document/document-node.ts';
import { zoneClockOf } from '../../expression/zone-clock.ts';
import type { PipelineDraft } from '../parse/draft.ts';
import type { FileReader } from '../parse/file-reader.ts';
import type { NamedValue } from '../spec/composite-fields.ts';
import { parseDurationMs } from '../spec/duration.ts';
import { isMismatch, type FieldText, type Located, type Place } from '../spec/field.ts';
import { readText } from '../spec/scalar-fields.ts';
import type { TestValues } from '../spec/test-spec.ts';
import type { PipelineTest, TestCell, TestRow, TestStep } from './pipeline-test.ts';
import type { PlannedNode, StreamColumns } from './planned-node.ts';

type Planned = ReadonlyMap<string, PlannedNode>;
type StepValues = NonNullable<TestValues['steps']>['value'][number]['value'];
type Rows = NamedValue<readonly Located<DocumentNode>[]>;

export function planTests(
  draft: PipelineDraft,
  planned: Planned,
  reader: FileReader,
): readonly PipelineTest[] {
  const planning = new TestPlanning(draft, planned, reader);
  return draft.tests.map((test) => ({
    name: test.name?.value ?? '',
    line: test.name?.node === null || test.name === null ? 1 : reader.lineOf(test.name.node),
    steps: (test.steps?.value ?? []).flatMap(({ value, node }, index) => {
      const line = node === null ? 1 : reader.lineOf(node);
      return [...planning.clock(value, line, index === 0), ...planning.steps(value, line)];
    }),
  }));
}

class TestPlanning {
  readonly #draft: PipelineDraft;
  readonly #planned: Planned;
  readonly #reader: FileReader;

  constructor(draft: PipelineDraft, planned: Planned, reader: FileReader) {
    this.#draft = draft;
    this.#planned = planned;
    this.#reader = reader;
  }

  /** Where the clock starts, which the first step may say before all else. */
  clock(values: StepValues, line: number, isFirst: boolean): readonly TestStep[] {
    const clock = values['processing-time'];
    const atMs = clock === null ? null : momentOf(clock.value, this.#draft.timeZone);
    if (clock === null || atMs === null) return [];
    if (isFirst) return [{ kind: 'clock', line, atMs }];
    return this.#refuse(
      clock.value.node,
      'A time sets the clock in the first step only; later steps move it by a duration.',
    );
  }

  /** A step of the file may do several things; they happen in this order. */
  steps(values: StepValues, line: number): readonly TestStep[] {
    return [
      ...(values.input?.value ?? []).flatMap((rows) => this.#input(rows, line)),
      ...(values.watermark?.value ?? []).flatMap((watermark) => this.#watermark(watermark, line)),
      ...this.#processingTime(values['processing-time'], line),
      ...(values['snapshot-and-restore']?.value === true
        ? [{ kind: 'snapshot-and-restore', line } as const]
        : []),
      ...(values.expect?.value ?? []).flatMap((rows) =>
        this.#expect(rows, values.exact?.value ?? false, line),
      ),
      ...(values.late?.value ?? []).flatMap((count) => this.#count('late', count, line)),
      ...(values.dead?.value ?? []).flatMap((count) => this.#count('dead', count, line)),
      ...(values.end?.value === true ? [{ kind: 'end', line } as const] : []),
    ];
  }

  #input(rows: Rows, line: number): readonly TestStep[] {
    const source = this.#nodeOf(rows.name, rows.key);
    if (source === null) return [];
    if (source.node.kind !== 'source') {
      return this.#refuse(rows.key, `"${rows.name}" is no source; rows arrive at sources.`);
    }
    const names = source.node.physicalColumns.map((column) => column.name);
    return [{ kind: 'input', line, source: rows.name, rows: this.#rows(rows, names) }];
  }

  #expect(rows: Rows, exact: boolean, line: number): readonly TestStep[] {
    const side = /^([^.]+)\.(.+)$/.exec(rows.name);
    const name = side?.[1] ?? rows.name;
    const node = this.#nodeOf(name, rows.key);
    if (node === null) return [];
    const stream = side?.[2] ?? 'main';
    const columns = node.streams.get(stream);
    if (columns === undefined) {
      return this.#refuse(rows.key, `"${name}" has no side stream "${stream}".`);
    }
    const names = visibleNames(columns);
    const known = exact ? [...names, 'op'] : names;
    return [
      {
        kind: 'expect',
        line,
        stream: { node: name, stream },
        rows: this.#rows(rows, known),
        exact,
      },
    ];
  }

  #count(stream: 'late' | 'dead', count: NamedValue<number>, line: number): readonly TestStep[] {
    const node = this.#nodeOf(count.name, count.key);
    if (node === null) return [];
    const wanted = stream === 'late' ? 'window-aggregate' : 'source';
    if (node.node.kind !== wanted) {
      const what = stream === 'late' ? 'window' : 'source';
      return this.#refuse(count.key, `"${count.name}" is no ${what} and has no ${stream} rows.`);
    }
    return [{ kind: 'expect-count', line, stream, node: count.name, count: count.value }];
  }

  #watermark(watermark: NamedValue<FieldText>, line: number): readonly TestStep[] {
    const source = this.#nodeOf(watermark.name, watermark.key);
    if (source === null) return [];
    if (source.node.kind !== 'source' || source.node.watermark === null) {
      return this.#refuse(watermark.key, `"${watermark.name}" is no source with a watermark.`);
    }
    const { columns, watermark: spec } = source.node;
    const isLocal = columns[spec.columnIndex]?.expression.type.root === 'TIMESTAMP_LTZ';
    const zone = isLocal ? this.#draft.timeZone : 'UTC';
    const watermarkMs = parseMoment(watermark.value.text, zone);
    if (watermarkMs === null) {
      return this.#refuse(watermark.value.node, 'Expected a time such as "2023-11-14 22:14:00".');
    }
    return [{ kind: 'watermark', line, source: watermark.name, watermarkMs }];
  }

  #processingTime(advance: Located<FieldText> | null, line: number): readonly TestStep[] {
    if (advance === null || momentOf(advance.value, this.#draft.timeZone) !== null) return [];
    const advanceMs = parseDurationMs(advance.value.text.replace(/^\+/, ''));
    if (!isMismatch(advanceMs)) return [{ kind: 'processing-time', line, advanceMs }];
    return this.#refuse(advance.value.node, advanceMs.mismatch);
  }

  #rows(rows: Rows, names: readonly string[]): readonly TestRow[] {
    return rows.value.flatMap(({ value }) => {
      if (value.kind === 'map') return [this.#row(value, names)];
      this.#refuse(value, 'A row is a map from column to value.');
      return [];
    });
  }

  #row(row: MapNode, names: readonly string[]): TestRow {
    for (const { key } of row.entries) {
      if (names.includes(key.text)) continue;
      const near = this.#reader.nearest(key.text, names);
      this.#reader.report(key, {
        code: 'DREY_PIPELINE_COLUMN',
        message: `There is no column "${key.text.slice(0, 60)}" here.`,
        hint: near === undefined ? `Columns: ${names.join(', ')}.` : `Did you mean "${near}"?`,
      });
    }
    return this.#cells(row);
  }

  /** Plain `null` and nothing at all are NULL; other scalars keep their text, for any column. */
  #cell(node: DocumentNode): TestCell {
    if (node.kind === 'map') return this.#cells(node);
    if (node.kind === 'list') return node.items.map((item) => this.#cell(item));
    const isNull = node.style === 'absent' || (node.style === 'plain' && NULL.test(node.text));
    if (isNull && node.unusedAnchorAt === null) return null;
    return readText(node, this.#reader)?.text ?? null;
  }

  #cells(map: MapNode): TestRow {
    return Object.fromEntries(map.entries.map(({ key, value }) => [key.text, this.#cell(value)]));
  }

  #nodeOf(name: string, place: Place): PlannedNode | null {
    const planned = this.#planned.get(name);
    if (planned !== undefined) return planned;
    const { sources, transforms, sinks } = this.#draft;
    const names = [...sources, ...transforms, ...sinks].map((node) => node.name);
    // A node that exists but was refused has its own finding.
    if (names.includes(name)) return null;
    const near = this.#reader.nearest(name, names);
    this.#reader.report(place, {
      code: 'DREY_PIPELINE_UNKNOWN_NODE',
      message: `There is no node "${name.slice(0, 60)}".`,
      ...(near !== undefined && { hint: `Did you mean "${near}"?` }),
    });
    return null;
  }

  #refuse(place: Place, message: string): readonly [] {
    this.#reader.report(place, { code: 'DREY_PIPELINE_TEST', message });
    return [];
  }
}

const NULL = /^(?:null|NULL|~)$/;
const MOMENT = /^(\d{4})-(\d{2})-(\d{2})(?:[ T](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3}))?)?)?(Z)?$/;

/** Null: it is no time; a bare number is a duration. */
function momentOf({ text }: FieldText, zone: string): number | null {
  return MOMENT.test(text) ? parseMoment(text, zone) : null;
}

/** Epoch milliseconds of a local time in `zone`, of one with Z, or of a number of them. */
function parseMoment(text: string, zone: string): number | null {
  if (/^-?\d{1,16}$/.test(text) && Number.isSafeInteger(Number(text))) return Number(text);
  const match = MOMENT.exec(text);
  if (match === null) return null;
  const part = (index: number): number => Number(match[index] ?? '0');
  const milliseconds = Number((match[7] ?? '').padEnd(3, '0'));
  const localMs = Date.UTC(part(1), part(2) - 1, part(3), part(4), part(5), part(6), milliseconds);
  const written = new Date(localMs).toISOString().slice(0, 10);
  if (written !== `${match[1]}-${match[2]}-${match[3]}`) return null;
  return match[8] === 'Z' ? localMs : zoneClockOf(zone).toEpochMs(localMs);
}

/** The columns that an expected row may name; of a changelog also the kind of change. */
function visibleNames({ columns, hiddenColumns, changelog }: StreamColumns): readonly string[] {
  const names = columns.map(({ name }) => name).filter((name) => !hiddenColumns.includes(name));
  return changelog === null ? names : ['op', ...names];
}
