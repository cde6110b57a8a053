import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { around, findingsOf, loadText, planOf } from '../load-text.ts';
import { runs } from '../../support/property-runs.ts';

const EXAMPLE = `# yaml-language-server: $schema=../../schema/pipeline.schema.json
pipeline:
  name: exposure-uv
  parallelism: 2
  config:                                   # Flink configuration keys
    execution.checkpointing.interval: 10s
    execution.checkpointing.dir: ./state/checkpoints
    table.local-time-zone: UTC

sources:
  events:
    connector: filesystem
    path: \${EVENTS:-./data/events.jsonl}
    format: json
    columns:
      ts: BIGINT
      deviceId: STRING
      localId: STRING
      event: STRING
      event_time: AS TO_TIMESTAMP_LTZ(ts, 3)
    watermark: { column: event_time, delay: 25s, idle-timeout: 30s }
  localities:
    connector: filesystem
    path: ./data/localities.csv
    format: csv
    columns: { localId: STRING, province: STRING, city: STRING, county: STRING }
    primary-key: [localId]

transforms:
  located:                                  # every subtask holds the whole table
    from: events
    lookup: { table: localities, on: { localId: localId }, select: [province, city, county], missing: keep }
  per_minute:
    from: located
    where: event IN ('exposure', 'click', 'delivery', 'view')
    window: { type: tumble, size: 1min }
    group-by: [province, city, county]
    aggregate:
      pv: COUNT(*)
      uv: COUNT(DISTINCT deviceId)
      clicks: COUNT(*) FILTER (WHERE event = 'click')
      exposures: COUNT(*) FILTER (WHERE event = 'exposure')
      deliveries: COUNT(*) FILTER (WHERE event = 'delivery')

sinks:
  result:
    from: per_minute
    connector: print                        # JSON lines on stdout
`;

describe('the exposure-uv example', () => {
  test('loads without a finding', async () => {
    expect(await findingsOf(EXAMPLE)).toEqual([]);
  });

  test('gives one plan node for each node of the file', async () => {
    const plan = await planOf(EXAMPLE);
    expect(plan.nodes.map(({ name, kind, parallelism }) => [name, kind, parallelism])).toEqual([
      ['events', 'source', 2],
      ['localities', 'source', 2],
      ['located', 'lookup', 2],
      ['per_minute', 'window-aggregate', 2],
      ['result', 'sink', 2],
    ]);
    expect(plan.nodes.at(-1)?.schema.map(({ name }) => name)).toEqual(
      'window_start window_end province city county pv uv clicks exposures deliveries'.split(' '),
    );
    expect(plan.timeZone).toBe('UTC');
    expect(plan.configuration.get('execution.checkpointing.interval')).toBe('10s');
  });
});

describe('every part of a file is checked, all findings at once', () => {
  test.each([
    ['an empty file', '', ['1:1 DREY_PIPELINE_VALUE']],
    ['a file of comments', '# nothing\n', ['1:1 DREY_PIPELINE_VALUE']],
    ['a list instead of a map', '- a\n', ['1:1 DREY_PIPELINE_VALUE']],
    ['a word', 'pipeline\n', ['1:1 DREY_PIPELINE_VALUE']],
    [
      'missing sections',
      'pipeline: { name: x }\n',
      ['1:1 DREY_PIPELINE_MISSING_FIELD', '1:1 DREY_PIPELINE_MISSING_FIELD'],
    ],
    [
      'an unknown field',
      around('t: { from: s, wehre: id > 1 }'),
      ['10:17 DREY_PIPELINE_UNKNOWN_FIELD'],
    ],
    ['a wrong type', around('t: { from: s, parallelism: two }'), ['10:30 DREY_PIPELINE_VALUE']],
    [
      'a list for a map',
      around('t: [from, s]'),
      ['10:6 DREY_PIPELINE_VALUE', '12:16 DREY_PIPELINE_UNKNOWN_NODE'],
    ],
    ['a field without value', around('t: { from: s, where: }'), ['10:17 DREY_PIPELINE_VALUE']],
    [
      'an unknown column',
      around('t: { from: s, where: idd > 1 }'),
      ['10:24 DREY_EXPRESSION_UNKNOWN_COLUMN'],
    ],
    ['an unknown from', around('t: { from: source }'), ['10:14 DREY_PIPELINE_UNKNOWN_NODE']],
    [
      'a circle',
      around(
        't: { from: u }\nu: { from: v }\nv: { from: t }\nw: { from: s }',
        'out: { from: w, connector: print }',
      ),
      ['10:14 DREY_PIPELINE_CYCLE'],
    ],
    [
      'a node that reads itself',
      around('t: { from: t }\nw: { from: s }', 'out: { from: w, connector: print }'),
      ['10:14 DREY_PIPELINE_CYCLE'],
    ],
    [
      'a node that nobody reads',
      around('t: { from: s }\nu: { from: s }'),
      ['11:3 DREY_PIPELINE_UNUSED_NODE'],
    ],
    [
      'a sink that is read',
      around(
        't: { from: s }',
        'a: { from: t, connector: print }\nb: { from: a, connector: print }',
      ),
      ['13:14 DREY_PIPELINE_UNKNOWN_NODE'],
    ],
    [
      'a sink without from',
      around('t: { from: s }', 'a: { from: t, connector: print }\nb: { connector: print }'),
      ['13:6 DREY_PIPELINE_MISSING_FIELD'],
    ],
    [
      'two nodes of one name',
      around('t: { from: s }\ns: { from: t }', 'out: { from: t, connector: print }'),
      ['11:3 DREY_PIPELINE_NAME'],
    ],
    ['a name with a dash', around('a-b: { from: s }\nt: { from: s }'), ['10:3 DREY_PIPELINE_NAME']],
    [
      'a connector that does not exist',
      around('t: { from: s }', 'out: { from: t, connector: prnt }'),
      ['12:30 DREY_PIPELINE_VALUE'],
    ],
    [
      'a source used as a sink',
      around('t: { from: s }', 'out: { from: t, connector: stdin }'),
      ['12:30 DREY_PIPELINE_VALUE'],
    ],
    [
      'a lookup and a window in one node',
      around('t: { from: s, lookup: { table: s, on: { id: id } }, aggregate: { c: COUNT(*) } }'),
      ['10:66 DREY_PIPELINE_CONFLICT'],
    ],
    [
      'a window of length 0',
      around('t: { from: s, window: { type: tumble, size: 0s }, aggregate: { c: COUNT(*) } }'),
      ['10:47 DREY_PIPELINE_VALUE', '10:25 DREY_PIPELINE_MISSING_FIELD'].toSorted(),
    ],
  ])('%s', async (_, text, expected) => {
    expect((await findingsOf(text)).toSorted()).toEqual([...expected].toSorted());
  });

  test('findings of all sections come at once, in the order of the file', async () => {
    const text = around(
      't: { from: s, where: idd > 1, limit: 5 }',
      'out: { from: t, connector: prnt }',
    )
      .replace('name: job', 'name: job, paralelism: 2')
      .replace('BIGINT', 'BIGNT');
    expect(await findingsOf(text)).toEqual([
      '1:24 DREY_PIPELINE_UNKNOWN_FIELD',
      '7:20 DREY_TYPE_INVALID',
      '10:33 DREY_PIPELINE_UNKNOWN_FIELD',
      '12:30 DREY_PIPELINE_VALUE',
    ]);
  });

  test('a near name is given as hint', async () => {
    const { findings } = await loadText(around('t: { from: s, wehre: id > 1 }'));
    expect(findings[0]).toMatchObject({ hint: 'Did you mean "where"?', length: 5 });
  });
});

describe('what this version cannot run is known, and no unknown field', () => {
  test.each([
    [
      'an upsert-kafka source',
      around(
        't: { from: s }\nu: { from: k }',
        'out: { from: t, connector: print }\nkout: { from: u, connector: print }',
      ).replace(
        'transforms:',
        '  k: { connector: upsert-kafka, topic: t, properties.bootstrap.servers: b, columns: { a: INT } }\ntransforms:',
      ),
    ],
    [
      'the format raw',
      around('t: { from: s }', 'out: { from: t, connector: filesystem, path: o, format: raw }'),
    ],
    ['a path on s3', around('t: { from: s }').replace('in.json', 's3://n/in.json')],
    [
      'a metadata column',
      around('t: { from: s }').replace(
        'id: BIGINT',
        `id: BIGINT, m: "TIMESTAMP(3) METADATA FROM 'timestamp'"`,
      ),
    ],
  ])('%s', async (_, text) => {
    const codes = (await findingsOf(text)).map((finding) => finding.replace(/^\S+ /, ''));
    expect(new Set(codes)).toEqual(new Set(['DREY_PIPELINE_NOT_SUPPORTED']));
  });
});

describe('traps of YAML and SQL are refused at their place', () => {
  test.each([
    [
      'a comment behind an expression',
      "t:\n  from: s\n  where: name = 'a # b'",
      '12:12 DREY_YAML_QUOTE',
    ],
    [
      'a comment behind a whole expression',
      't:\n  from: s\n  where: id > 1 # big',
      '12:12 DREY_YAML_QUOTE',
    ],
    [
      'a comment behind a computed column',
      't:\n  from: s\n  select:\n    a: id + 1 # one',
      '13:10 DREY_YAML_QUOTE',
    ],
    [
      'a comma in a flow map',
      't: { from: s, select: { a: IF(id > 1, 2, 3), b: id } }',
      '10:30 DREY_YAML_QUOTE',
    ],
    [
      'a comma in a text in a flow map',
      "t: { from: s, select: { a: name || 'x, y' } }",
      '10:30 DREY_YAML_QUOTE',
    ],
    [
      'a comma in a group-by list',
      't: { from: s, window: { type: tumble, size: 1min }, group-by: [IF(id > 1, 2, 3)], aggregate: { c: COUNT(*) } }',
      '10:66 DREY_YAML_QUOTE',
    ],
    ['an ampersand first', 't: { from: s, where: &a id > 1 }', '10:24 DREY_YAML_QUOTE'],
    ['a backtick first', 't: { from: s, where: `id` > 1 }', '10:24 DREY_YAML_QUOTE'],
    ['a quote first', "t:\n  from: s\n  where: 'a' = name", '12:16 DREY_YAML_QUOTE'],
    ['a percent sign first', 't:\n  from: s\n  where: %a', '12:12 DREY_YAML_QUOTE'],
    ['a colon and space', "t:\n  from: s\n  where: name = 'a: b'", '12:12 DREY_YAML_QUOTE'],
  ])('%s', async (_, transforms, expected) => {
    expect((await findingsOf(around(transforms))).at(0)).toBe(expected);
    expect(await findingsOf(around(transforms))).toHaveLength(1);
  });

  test('a type that YAML split at its comma', async () => {
    const text = around('t: { from: s }').replace('amount: INT', 'amount: DECIMAL(10, 2)');
    expect(await findingsOf(text)).toEqual(['7:50 DREY_YAML_QUOTE']);
  });

  test('a comparison inside of brackets is no type', async () => {
    const window = 'window: { type: tumble, size: 1min }';
    const aggregate = 'aggregate: { few: COUNT(*) FILTER (WHERE id < 3), many: MAX(id > 3) }';
    const found = await findingsOf(around(`t: { from: s, ${window}, ${aggregate} }`));
    expect(found.filter((finding) => finding.includes('QUOTE'))).toEqual([]);
  });

  test('a nested type that YAML split at its comma', async () => {
    const text = around('t: { from: s }').replace('amount: INT', 'amount: MAP<STRING, INT>');
    expect(await findingsOf(text)).toEqual(['7:50 DREY_YAML_QUOTE']);
  });

  test('a type with a comment behind it is no trap', async () => {
    const text = around('t: { from: s }').replace(
      'columns: {',
      'columns:\n      x: BIGINT # ms\n      y: INT\n    #{',
    );
    expect(await findingsOf(text.replace(/watermark.*\n/, '\n'))).toEqual([]);
  });

  test('the same values in quotes or blocks load', async () => {
    const text = around(`t:
  from: s
  where: "name = 'a # b: c'"
  select:
    a: "'x' = name"
    b: |
      \`id\` + 1 -- not a comment in a block would be SQL's affair
    c: IF(id > 1, 2, 3)`).replace(/ -- .*/, '');
    expect(await findingsOf(text)).toEqual([]);
  });

  test('a text literal in YAML quotes alone gets a hint', async () => {
    const { findings } = await loadText(around("t: { from: s, select: { a: 'exposure' } }"));
    expect(findings[0]?.hint).toMatch(/"'exposure'"/);
  });
});

test('any mutation of the example is loaded or refused with findings in the file', async () => {
  const lines = EXAMPLE.split('\n').length;
  const piece = fc.constantFrom(
    '',
    ' ',
    '\n',
    ':',
    ': ',
    ',',
    '{',
    '}',
    '[',
    ']',
    "'",
    '"',
    '#',
    '&',
    '*',
    '!',
    '`',
    '$',
    '${',
    '${A}',
    '-',
    '0',
    'null',
    '😀',
    '\t',
    '(',
    ')',
    '(((',
    '\u2028',
  );
  const edit = fc.record({ at: fc.nat(EXAMPLE.length), cut: fc.nat(12), put: piece });
  await fc.assert(
    fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 6 }), async (edits) => {
      let text = EXAMPLE;
      for (const { at, cut, put } of edits) text = text.slice(0, at) + put + text.slice(at + cut);
      const { plan, findings } = await loadText(text);
      expect(plan === null).toBe(findings.some(({ severity }) => severity === 'error'));
      for (const { line, column, length, message } of findings) {
        expect(line).toBeGreaterThanOrEqual(1);
        expect(line).toBeLessThanOrEqual(lines + 10);
        expect(column).toBeGreaterThanOrEqual(1);
        expect(length).toBeGreaterThanOrEqual(1);
        expect(message).toMatch(/^\S/);
      }
    }),
    { numRuns: runs(500) },
  );
}, 120_000);
