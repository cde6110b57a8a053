import { describe, expect, test } from 'vitest';
import { deleteJars, type DeleteJarsRequest } from '../../../src/cli/jar/delete-jars.ts';
import { jarChoiceOf } from '../../../src/cli/jar/jar-choice.ts';
import { LOST, type Act } from '../../support/acting-cluster.ts';
import { actAsUsual, submissionCluster } from '../../support/submission-cluster.ts';

const HOUR_MS = 3_600_000;

function request(more: Partial<DeleteJarsRequest>): DeleteJarsRequest {
  const flags = { ifExists: false, isConfirmed: true, isDryRun: false };
  return { choice: { kind: 'all' }, ...flags, ...more };
}

async function clusterWithJars(first?: Parameters<typeof submissionCluster>[0]) {
  const cluster = await submissionCluster(first);
  cluster.state.jars.push({ id: '1_a.jar', name: 'a.jar' }, { id: '2_b.jar', name: 'b.jar' });
  return cluster;
}

const isDelete = ({ request: one }: { readonly request: string }): boolean =>
  one.startsWith('DELETE ');

describe('jars are deleted', () => {
  test('that are named', async () => {
    const { session, state } = await clusterWithJars();
    const choice = { kind: 'named', jars: ['a.jar', '1_a'] } as const;
    expect(await deleteJars(session, request({ choice }))).toMatchObject({
      deleted: [{ jarId: '1_a.jar' }],
      dryRun: false,
    });
    expect(state.jars.map(({ id }) => id)).toEqual(['2_b.jar']);
  });

  test('that are older than an age, those of unknown age not among them', async () => {
    const uploaded = [Date.now() - 2 * HOUR_MS, Date.now(), undefined];
    const { session } = await submissionCluster(({ request: one }) =>
      one === 'GET /jars'
        ? { files: uploaded.map((atMs, index) => ({ id: `${index}.jar`, uploaded: atMs })) }
        : undefined,
    );
    const choice = { kind: 'older', ageMs: HOUR_MS } as const;
    const { deleted } = await deleteJars(session, request({ choice, isDryRun: true }));
    expect(deleted.map(({ jarId }) => jarId)).toEqual(['0.jar']);
  });

  test('all of them, but not in a dry run', async () => {
    const { session, state } = await clusterWithJars();
    const planned = await deleteJars(session, request({ isDryRun: true }));
    expect(planned).toMatchObject({ dryRun: true, deleted: [{}, {}] });
    expect(state.jars).toHaveLength(2);
    await deleteJars(session, request({}));
    expect(state.jars).toEqual([]);
  });

  test('once, although the answer is lost', async () => {
    const { session, state, acted } = await clusterWithJars((one, before): ReturnType<Act> => {
      if (!isDelete(one)) return undefined;
      actAsUsual(one, before);
      return LOST;
    });
    await deleteJars(session, request({}));
    expect(state.jars).toEqual([]);
    expect(acted.filter(isDelete)).toHaveLength(2);
  });
});

describe('a jar that is gone', () => {
  const choice = { kind: 'named', jars: ['gone.jar'] } as const;

  test('is refused, unless that is no matter', async () => {
    const { session } = await clusterWithJars();
    await expect(deleteJars(session, request({ choice }))).rejects.toMatchObject({
      code: 'DREY_JAR_NOT_FOUND',
      exitCode: 5,
    });
    expect(await deleteJars(session, request({ choice, ifExists: true }))).toEqual({
      deleted: [],
      dryRun: false,
    });
  });

  test.each([true, false])('when it is deleted is told; ifExists %s', async (ifExists) => {
    const { session } = await clusterWithJars((one, state): ReturnType<Act> => {
      if (isDelete(one)) state.jars.length = 0;
      return undefined;
    });
    const named = { kind: 'named', jars: ['a.jar'] } as const;
    const deleted = deleteJars(session, request({ choice: named, ifExists }));
    if (ifExists) expect((await deleted).deleted).toHaveLength(1);
    else await expect(deleted).rejects.toMatchObject({ code: 'DREY_JAR_NOT_FOUND' });
  });
});

test.each([
  [['a'], false, null, { kind: 'named', jars: ['a'] }],
  [[], true, null, { kind: 'all' }],
  [[], false, 5, { kind: 'older', ageMs: 5 }],
])('%j, all: %s, older: %s is one choice', (jars, isAll, ageMs, choice) => {
  expect(jarChoiceOf(jars, isAll, ageMs)).toEqual(choice);
});

test.each<[string[], boolean, number | null]>([
  [[], false, null],
  [['a'], true, null],
  [['a'], false, 5],
  [[], true, 5],
])('%j, all: %s, older: %s is none', (jars, isAll, ageMs) => {
  expect(() => jarChoiceOf(jars, isAll, ageMs)).toThrow(
    expect.objectContaining({ code: 'DREY_USAGE' }),
  );
});
