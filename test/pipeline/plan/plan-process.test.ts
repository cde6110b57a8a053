import { describe, expect, test } from 'vitest';
import { around, findingsOf, loadText, planOf } from '../load-text.ts';
import { explainNode } from '../../../src/cli/pipeline/explain-pipeline.ts';

const node = (fields: string, more = ''): string =>
  around(`t: { process: { module: ./f.js, key-by: [name], ${fields} }${more} }`);
const columns = 'columns: { name: STRING, ts: TIMESTAMP_LTZ(3), n: BIGINT }';

async function messageOf(text: string): Promise<string> {
  const { findings } = await loadText(text);
  return findings.map(({ message, hint }) => `${message} ${hint ?? ''}`).join('\n');
}

describe('a process function', () => {
  test('has the declared columns, and its module lies beside the file', async () => {
    const plan = await planOf(node(columns));
    expect(plan.nodes.find(({ name }) => name === 't')).toMatchObject({
      kind: 'process',
      modulePath: '/jobs/f.js',
      moduleText: './f.js',
      keyIndexes: [1],
      timeIndex: 3,
      outputTimeIndex: 1,
      timeColumn: 'ts',
      changelog: null,
    });
  });

  test.each([
    ['leaves it out', 'columns: { n: BIGINT }'],
    ['gives it another type', 'columns: { ts: TIMESTAMP(3) }'],
  ])('has no time attribute when it %s', async (_name, fields) => {
    const text = around(
      `p: { process: { module: ./f.js, key-by: [name], ${fields} } }
t: { from: p, window: { type: tumble, size: 1min }, aggregate: { n: COUNT(*) } }`,
    );
    expect(await findingsOf(text)).toEqual(['11:25 DREY_PIPELINE_TIME_ATTRIBUTE']);
    expect(await messageOf(text)).toContain(
      '"p" declares no column "ts" of type TIMESTAMP_LTZ(3), which is the time attribute',
    );
  });

  test('gives its side outputs to other nodes, with a time attribute of their own', async () => {
    const text = around(
      `p: { process: { module: ./f.js, key-by: [name], ${columns}, sides: { odd: { ts: TIMESTAMP_LTZ(3) } } }, select: { n: n } }
w: { from: p.odd, window: { type: tumble, size: 1min }, aggregate: { n: COUNT(*) } }
t: { from: p }`,
      'out: { from: t, connector: print }\nodd: { from: w, connector: print }',
    );
    const plan = await planOf(text);
    expect(plan.nodes.find(({ name }) => name === 'w')).toMatchObject({
      from: { node: 'p', stream: 'odd' },
    });
  });

  test('takes whole windows where the node has one', async () => {
    const window = ', window: { type: hop, size: 1min, slide: 30s, offset: 10s }';
    const plan = await planOf(node(columns, window));
    const planned = plan.nodes.find(({ name }) => name === 't')!;
    expect(planned).toMatchObject({
      kind: 'process',
      window: { kind: 'hop', sizeMs: 60_000, slideMs: 30_000, offsetMs: 10_000 },
      timeColumn: 'ts',
    });
    expect(explainNode(planned).summary).toBe(
      'process function ./f.js by name over a hopping window of 1min each 30s',
    );
  });

  test('is explained with its module, key and side outputs', async () => {
    const plan = await planOf(node(`${columns}, sides: { odd: { n: BIGINT } }`));
    const explained = explainNode(plan.nodes.find(({ name }) => name === 't')!);
    expect(explained.summary).toBe('process function ./f.js by name, side outputs odd');
    expect(explained.state.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
      'state keyed',
      'timers keyed',
    ]);
  });

  test.each([
    [
      'an unknown key column',
      `t: { process: { module: f.js, key-by: [nam], ${columns} } }`,
      'Did you mean "name"?',
    ],
    [
      'a key column twice',
      `t: { process: { module: f.js, key-by: [name, name], ${columns} } }`,
      'occurs twice in key-by',
    ],
    [
      'a type that is none',
      't: { process: { module: f.js, key-by: [name], columns: { n: BIGIN } } }',
      'BIGIN',
    ],
    [
      'a computed column',
      't: { process: { module: f.js, key-by: [name], columns: { n: "AS id" } } }',
      'AS',
    ],
    [
      'a side output with a taken name',
      `t: { process: { module: f.js, key-by: [name], ${columns}, sides: { late: { n: INT } } } }`,
      'cannot have the name "late"',
    ],
    ['no columns', 't: { process: { module: f.js, key-by: [name] } }', '"columns" is missing'],
    [
      'a group-by beside it',
      `t: { process: { module: f.js, key-by: [name], ${columns} }, group-by: [name] }`,
      'key-by, inside of process',
    ],
    [
      'sessions',
      `t: { process: { module: f.js, key-by: [name], ${columns} }, window: { type: session, gap: 1min } }`,
      'over windows of type session is not supported',
    ],
    [
      'a window without a size',
      `t: { process: { module: f.js, key-by: [name], ${columns} }, window: { type: tumble } }`,
      '"size" is missing',
    ],
    [
      'a window without a time attribute',
      `p: { select: { name: name, id: id } }
t: { process: { module: f.js, key-by: [name], columns: { n: INT } }, window: { type: tumble, size: 1min } }`,
      'The window has no time attribute',
    ],
    [
      'results of a window before its end',
      `t: { process: { module: f.js, key-by: [name], ${columns} }, window: { type: tumble, size: 1min }, emit: { early: 1s } }`,
      '"process" and "emit"',
    ],
    [
      'a module on another machine',
      `t: { process: { module: "https://x/f.js", key-by: [name], ${columns} } }`,
      'https:// are not supported',
    ],
    [
      'a column that objects give a meaning',
      't: { process: { module: f.js, key-by: [name], columns: { __proto__: INT } } }',
      'cannot be used as a key',
    ],
    [
      'updates as input',
      `w: { from: s, window: { type: tumble, size: 1min }, group-by: [name], aggregate: { n: COUNT(*) }, emit: { early: 1s } }
t: { process: { module: f.js, key-by: [name], columns: { n: BIGINT } } }`,
      'corrects rows that it has sent',
    ],
    [
      'a side output that is not declared',
      `p: { process: { module: f.js, key-by: [name], ${columns}, sides: { odd: { n: INT } } } }
t: { from: p.even }`,
      'Side streams of "p": odd.',
    ],
  ])('%s is refused', async (_name, transforms, message) => {
    expect(await messageOf(around(transforms))).toContain(message);
  });
});
