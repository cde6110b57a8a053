import { describe, expect, test } from 'vitest';
import { isMismatch } from '../../../src/pipeline/spec/field.ts';
import { parseRedisUrl } from '../../../src/pipeline/spec/redis-spec.ts';
import { toStreamGraph } from '../../../src/pipeline/to-engine/stream-graph.ts';
import { around, loadText, planOf, shown } from '../load-text.ts';

const all = 't: { select: { id: id, name: name, amount: amount } }';
const sink = (fields: string): string =>
  around(all, `out: { from: t, connector: redis, url: "redis://h", ${fields} }`);

async function messages(text: string): Promise<readonly string[]> {
  const { findings } = await loadText(text);
  return findings.map((finding) => `${shown(finding).split(' ').at(-1)} ${finding.message}`);
}

describe('a redis sink', () => {
  test('has a step that makes its rows, in the order that the connector knows', async () => {
    const plan = await planOf(sink('mode: zset, key: name, member: id, score: amount, ttl: 1d'));
    const node = plan.nodes.find(({ name }) => name === 'out');
    expect(node).toMatchObject({
      kind: 'sink',
      columns: [0, 1, 2],
      connector: { kind: 'redis', mode: 'zset', ttlMs: 86_400_000, address: { host: 'h' } },
    });
    expect(node?.schema.map(({ name }) => name)).toEqual(['key', 'member', 'score']);
    const nodes = toStreamGraph(plan).nodes.slice(-2);
    expect(nodes.map(({ uid, kind }) => [uid, kind])).toEqual([
      ['out/row', 'operator'],
      ['out', 'sink'],
    ]);
    expect(nodes[0]).toMatchObject({ inputs: [{ node: 't', stream: 'main' }] });
  });

  test('at a higher parallelism gives the rows of a key to one subtask', async () => {
    const plan = await planOf(sink('key: "UPPER(name)", fields: { id: id }, parallelism: 3'));
    const row = toStreamGraph(plan).nodes.find(({ uid }) => uid === 'out/row');
    expect(row).toMatchObject({
      inputs: [{ exchange: { kind: 'hash', keys: [{ kind: 'call' }] } }],
    });
  });

  test('without fields takes the columns of the input', async () => {
    const plan = await planOf(sink('key: name'));
    const node = plan.nodes.find(({ name }) => name === 'out');
    expect(node?.schema.map(({ name }) => name)).toEqual(['key', 'id', 'name', 'amount']);
  });

  test('refuses fields that its mode does not have', async () => {
    expect(await messages(sink('key: name, score: amount'))).toEqual([
      'DREY_PIPELINE_CONFLICT "score" has no meaning with mode: hash.',
    ]);
    expect(await messages(sink('mode: zset, key: name, fields: { a: id }'))).toEqual([
      'DREY_PIPELINE_MISSING_FIELD The field "member" is missing, which mode: zset needs.',
      'DREY_PIPELINE_MISSING_FIELD The field "score" is missing, which mode: zset needs.',
      'DREY_PIPELINE_CONFLICT "fields" has no meaning with mode: zset.',
    ]);
    expect(await messages(sink('key: name, format: json'))).toEqual([
      'DREY_PIPELINE_CONFLICT The connector "redis" has no format.',
    ]);
  });

  test('refuses a score that is no number, and an expression that is none', async () => {
    expect(await messages(sink('mode: zset, key: name, member: id, score: name'))).toEqual([
      'DREY_PIPELINE_TYPE The score must be a number; this is STRING.',
    ]);
    expect(await messages(sink('key: nam'))).toEqual([
      expect.stringContaining('DREY_EXPRESSION_UNKNOWN_COLUMN'),
    ]);
  });

  test('takes a changelog under its key', async () => {
    const counted = 't: { group-by: [name], aggregate: { n: COUNT(*) } }';
    const text = (fields: string): string =>
      around(counted, `out: { from: t, connector: redis, url: "redis://h", ${fields} }`);
    expect(await messages(text('key: "\'n:\' || name"'))).toEqual([]);
    expect(await messages(text('key: CAST(n AS STRING)'))).toEqual([
      'DREY_PIPELINE_CHANGELOG "t" corrects rows by name, so that the key of a row changes with "n".',
    ]);
  });

  test('refuses members that move from rank to rank', async () => {
    const ranked = `c: { group-by: [name], aggregate: { n: COUNT(*) } }
t: { top-n: { n: 3, order-by: [n DESC, name], rank: place } }`;
    const text = around(
      ranked,
      'out: { from: t, connector: redis, url: "redis://h", mode: zset, key: "\'top\'", member: name, score: n }',
    );
    expect(await messages(text)).toEqual([
      'DREY_PIPELINE_CHANGELOG "t" corrects rows by place, so that the member of a row changes with "name".',
    ]);
  });
});

describe('a redis url', () => {
  test.each([
    [
      'redis://h',
      { host: 'h', port: 6379, isTls: false, username: null, password: null, database: 0 },
    ],
    [
      'rediss://u:p%40@h:1/3',
      { host: 'h', port: 1, isTls: true, username: 'u', password: 'p@', database: 3 },
    ],
    ['redis://:p@[::1]:7/', { host: '::1', port: 7, username: null, password: 'p', database: 0 }],
  ])('%s says where and as whom', (text, parts) => {
    expect(parseRedisUrl(text)).toMatchObject(parts);
  });

  test.each(['http://h', 'redis://', 'redis://h/x', 'redis://h?db=1', 'redis://u:%zz@h', 'h:6379'])(
    '%s is none',
    (text) => {
      expect(isMismatch(parseRedisUrl(text))).toBe(true);
    },
  );

  test('is not shown where it is wrong, for it may hold a password', async () => {
    const { findings } = await loadText(
      around(all, 'out: { from: t, connector: redis, url: "redis://u:secret@h/x", key: name }'),
    );
    expect(findings).toHaveLength(1);
    expect(JSON.stringify(findings[0]?.message)).not.toContain('secret');
  });
});
