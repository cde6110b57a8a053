import { describe, expect, test } from 'vitest';
import { bareTypeText } from '../../../src/expression/type-text.ts';
import type { LogicalPlan, LookupNode, PlanNode } from '../../../src/pipeline/plan/logical-plan.ts';
import { around, findingsOf, loadText, planOf } from '../load-text.ts';

const WINDOW = 'window: { type: tumble, size: 1min }';

function node(plan: LogicalPlan, name: string): PlanNode {
  const found = plan.nodes.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`no node ${name}`);
  return found;
}

const columns = (found: PlanNode): readonly string[] =>
  found.schema.map(
    ({ name, type }) => `${name} ${bareTypeText(type)}${type.nullable ? '' : ' NOT NULL'}`,
  );

describe('which node a node reads', () => {
  test('a transform without from reads the node above, the first one the only source', async () => {
    const plan = await planOf(
      around('a: { where: id > 1 }\nb: { where: id > 2 }\nt: { where: id > 3 }'),
    );
    expect(plan.nodes.map((found) => ('from' in found ? found.from.node : null))).toEqual([
      null,
      's',
      'a',
      'b',
      't',
    ]);
  });

  test('a source that is a lookup table is not the only source', async () => {
    const text = around('t: { lookup: { table: d, on: { id: id } } }').replace(
      'transforms:',
      '  d: { connector: filesystem, path: d, format: csv, columns: { id: BIGINT, city: STRING } }\ntransforms:',
    );
    const found = node(await planOf(text), 't') as LookupNode;
    expect(found.from.node).toBe('s');
  });

  test('two sources leave the first transform without a default', async () => {
    const text = around('t: { where: id > 1 }').replace(
      'transforms:',
      '  d: { connector: stdin, columns: { id: BIGINT } }\ntransforms:',
    );
    expect(await findingsOf(text)).toEqual(['11:3 DREY_PIPELINE_MISSING_FIELD']);
  });

  test('nodes come after those that they read, whatever their order in the file', async () => {
    const plan = await planOf(around('t: { from: b }\nb: { from: a }\na: { from: s }'));
    expect(plan.nodes.map(({ name }) => name)).toEqual(['s', 'a', 'b', 't', 'out']);
  });

  test('a chain of nodes may be long', async () => {
    const chain = Array.from({ length: 900 }, (_, at) => `n${at}: { where: id > ${at} }`);
    const plan = await planOf(around(chain.join('\n'), 'out: { from: n899, connector: print }'));
    expect(plan.nodes).toHaveLength(902);
  });
});

describe('columns of a source', () => {
  const source = (declared: string): string =>
    around('t: { from: s }').replace(/columns: .*\n.*\n/, `columns: { ${declared} }\n`);

  test('come in the order of the file, computed ones over the declared ones', async () => {
    const found = node(await planOf(source('b: "AS a + 1", a: INT NOT NULL')), 's');
    expect(columns(found)).toEqual(['b INT NOT NULL', 'a INT NOT NULL']);
    if (found.kind !== 'source') throw new Error(found.kind);
    expect(found.physicalColumns.map(({ name }) => name)).toEqual(['a']);
  });

  test('a computed column does not see another one', async () => {
    expect(await findingsOf(source('a: INT, b: AS a + 1, c: AS b + 1'))).toEqual([
      '7:43 DREY_EXPRESSION_UNKNOWN_COLUMN',
    ]);
  });

  test.each([
    ['STRING', 'ts STRING'],
    ['BIGINT', 'ts BIGINT'],
    ['TIMESTAMP(6)', 'ts TIMESTAMP(6)'],
  ])('a watermark on %s is refused', async (type) => {
    const text = around('t: { from: s }').replace('TIMESTAMP_LTZ(3)', type);
    expect(await findingsOf(text)).toEqual(['8:26 DREY_PIPELINE_TYPE']);
  });

  test.each(['TIMESTAMP(3)', 'TIMESTAMP(0)', 'TIMESTAMP_LTZ(3)'])(
    'a watermark on %s is allowed',
    async (type) => {
      const text = around('t: { from: s }').replace('TIMESTAMP_LTZ(3)', type);
      expect(node(await planOf(text), 's').timeColumn).toBe('ts');
    },
  );

  test('a primary key names declared columns, each once', async () => {
    const key = (names: string): string =>
      source('a: INT, b: AS a + 1').replace('columns:', `primary-key: [${names}]\n    columns:`);
    expect(await findingsOf(key('a'))).toEqual([]);
    expect(await findingsOf(key('c'))).toEqual(['7:19 DREY_PIPELINE_COLUMN']);
    expect(await findingsOf(key('b'))).toEqual(['7:19 DREY_PIPELINE_COLUMN']);
    expect(await findingsOf(key('a, a'))).toEqual(['7:22 DREY_PIPELINE_COLUMN']);
  });

  test('the policies for unreadable rows exclude each other', async () => {
    const text = (more: string): string =>
      around('t: { from: s }').replace('format: json', `format: json\n    ${more}`);
    const onError = async (more: string): Promise<unknown> => {
      const found = node(await planOf(text(more)), 's');
      return found.kind === 'source' ? found.onError : null;
    };
    expect(await onError('parallelism: 1')).toBe('fail');
    expect(await onError('on-error: dead-letter')).toBe('dead-letter');
    expect(await onError('json.ignore-parse-errors: true')).toBe('ignore');
    expect(
      await findingsOf(text('on-error: dead-letter\n    json.ignore-parse-errors: true')),
    ).toEqual(['7:15 DREY_PIPELINE_CONFLICT']);
  });

  test('options of datagen name columns and fit their types', async () => {
    const text = (options: string): string => `pipeline: { name: x }
sources:
  g: { connector: datagen, number-of-rows: 5, columns: { id: INT, n: STRING }, ${options} }
sinks:
  out: { from: g, connector: blackhole }
`;
    expect(await findingsOf(text('fields.id.min: 1, fields.n.length: 3, seed: 4'))).toEqual([]);
    expect(await findingsOf(text('fields.idd.min: 1'))).toEqual(['3:80 DREY_PIPELINE_COLUMN']);
    expect(await findingsOf(text('fields.n.min: 1'))).toEqual(['3:80 DREY_PIPELINE_TYPE']);
    expect(await findingsOf(text('fields.id.min: one'))).toEqual(['3:80 DREY_PIPELINE_TYPE']);
    expect(await findingsOf(text('fields.id.mim: 1'))).toEqual([
      '3:80 DREY_PIPELINE_UNKNOWN_FIELD',
    ]);
    expect(await findingsOf(text('fields.id.kind: sequence'))).toEqual([
      '3:80 DREY_PIPELINE_MISSING_FIELD',
    ]);
  });
});

describe('the time attribute', () => {
  const then = (first: string): string =>
    around(`a: { from: s, ${first} }\nt: { ${WINDOW}, aggregate: { c: COUNT(*) } }`);

  test('passes where, unchanged columns and other names', async () => {
    expect(await findingsOf(then('where: id > 1'))).toEqual([]);
    expect(await findingsOf(then('select: { ts: ts }'))).toEqual([]);
    expect(await findingsOf(then('select: { at: ts, id: id }'))).toEqual([]);
  });

  test('is lost when it is left out or changed', async () => {
    expect(await findingsOf(then('select: { id: id }'))).toEqual([
      '11:16 DREY_PIPELINE_TIME_ATTRIBUTE',
    ]);
    const { findings } = await loadText(then('select: { ts: CAST(ts AS TIMESTAMP(3)) }'));
    expect(findings[0]?.message).toMatch(/select of "a"/);
  });

  test('is missing without a watermark', async () => {
    const text = then('where: id > 1').replace(/ {4}watermark.*\n/, '');
    expect(await findingsOf(text)).toEqual(['10:16 DREY_PIPELINE_TIME_ATTRIBUTE']);
  });
});

describe('a lookup', () => {
  const D =
    'd: { connector: filesystem, path: d, format: csv, columns: { id: BIGINT, name: STRING, city: STRING NOT NULL }, primary-key: [id] }';
  const lookup = (fields: string): string =>
    around(`t: { from: s, lookup: { ${fields} } }`).replace('transforms:', `  ${D}\ntransforms:`);

  test('appends the columns that are named, nullable when rows without a match are kept', async () => {
    const kept = node(await planOf(lookup('table: d, on: { id: id }, select: [city]')), 't');
    expect(columns(kept).at(-1)).toBe('city STRING');
    expect(kept.timeColumn).toBe('ts');
    const dropped = node(
      await planOf(lookup('table: d, on: { id: id }, select: [city], missing: drop')),
      't',
    );
    expect(columns(dropped).at(-1)).toBe('city STRING NOT NULL');
  });

  test.each([
    [
      'a table that does not exist',
      'table: e, on: { id: id }',
      ['11:34 DREY_PIPELINE_UNKNOWN_NODE', '9:3 DREY_PIPELINE_UNUSED_NODE'],
    ],
    [
      'its own input as table',
      'table: s, on: { id: id }',
      ['11:34 DREY_PIPELINE_CONFLICT', '9:3 DREY_PIPELINE_UNUSED_NODE'],
    ],
    [
      'an unknown input column',
      'table: d, on: { idd: id }, select: [city]',
      ['11:43 DREY_PIPELINE_COLUMN'],
    ],
    [
      'an unknown table column',
      'table: d, on: { id: idd }, select: [city]',
      ['11:43 DREY_PIPELINE_CONFLICT', '11:47 DREY_PIPELINE_COLUMN'],
    ],
    [
      'columns of different types',
      'table: d, on: { id: name }, select: [city]',
      ['11:41 DREY_PIPELINE_CONFLICT', '11:47 DREY_PIPELINE_TYPE'],
    ],
    ['a column that the input has', 'table: d, on: { id: id }', ['11:24 DREY_PIPELINE_COLUMN']],
    [
      'an unknown column to append',
      'table: d, on: { id: id }, select: [town]',
      ['11:62 DREY_PIPELINE_COLUMN'],
    ],
  ])('%s is refused', async (_, fields, expected) => {
    const found = await findingsOf(lookup(fields));
    expect(found.map((text) => text.replace(/^\S+ /, '')).toSorted()).toEqual(
      expected.map((text) => text.replace(/^\S+ /, '')).toSorted(),
    );
  });

  test('an endless source cannot be the table', async () => {
    const text = lookup('table: d, on: { id: id }, select: [city]').replace(
      D,
      'd: { connector: datagen, columns: { id: BIGINT, city: STRING } }',
    );
    expect(await findingsOf(text)).toEqual(['11:34 DREY_PIPELINE_CONFLICT']);
  });
});

describe('side streams', () => {
  test('late rows have the input columns, a reason and the watermark', async () => {
    const plan = await planOf(
      around(
        `t: { from: s, ${WINDOW}, aggregate: { c: COUNT(*) }, emit: { late: keep } }`,
        'out: { from: t, connector: print }\nlate: { from: t.late, connector: print }',
      ),
    );
    expect(columns(node(plan, 'late'))).toEqual([
      'id BIGINT',
      'name STRING',
      'amount INT',
      'ts TIMESTAMP_LTZ(3)',
      'reason STRING',
      'watermark TIMESTAMP_LTZ(3)',
    ]);
  });

  test('dead rows have where they come from, the reason and the bytes', async () => {
    const text = around(
      't: { from: s }',
      'out: { from: t, connector: print }\ndead: { from: s.dead, connector: print }',
    );
    const plan = await planOf(
      text.replace('format: json', 'format: json\n    on-error: dead-letter'),
    );
    expect(columns(node(plan, 'dead'))).toEqual([
      'source STRING',
      'split STRING',
      'position BIGINT',
      'reason STRING',
      'raw BYTES',
    ]);
  });

  test.each(['t.late', 's.dead', 's.late'])('%s is refused when it is not open', async (from) => {
    const text = around(
      't: { from: s }',
      `out: { from: t, connector: print }\nx: { from: ${from}, connector: print }`,
    );
    expect(await findingsOf(text)).toEqual(['13:14 DREY_PIPELINE_UNKNOWN_NODE']);
  });
});

describe('a sink', () => {
  test('refuses an interval', async () => {
    const text = around("t: { from: s, select: { a: INTERVAL '1' DAY } }");
    expect(await findingsOf(text)).toEqual(['12:16 DREY_PIPELINE_TYPE']);
  });

  test('takes a folder, a format and what to do with existing files', async () => {
    const plan = await planOf(
      around(
        't: { from: s }',
        'out: { from: t, connector: filesystem, path: o, format: csv, csv.field-delimiter: "\\\\t", drey.sink.existing: replace }',
      ),
    );
    expect(node(plan, 'out')).toMatchObject({
      connector: {
        kind: 'filesystem',
        path: '/jobs/o',
        existing: 'replace',
        format: { fieldDelimiter: '\t' },
      },
    });
  });
});

test('a node has no more subtasks than there are key groups', async () => {
  const text = around('t: { from: s, parallelism: 9 }').replace(
    'name: job',
    'name: job, max-parallelism: 8',
  );
  expect(await findingsOf(text)).toEqual(['10:30 DREY_PIPELINE_CONFLICT']);
  expect(await findingsOf(text.replace('parallelism: 9', 'parallelism: 8'))).toEqual([]);
});
