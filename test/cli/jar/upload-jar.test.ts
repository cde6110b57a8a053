import { describe, expect, test } from 'vitest';
import { listJars } from '../../../src/cli/jar/list-jars.ts';
import { uploadJar } from '../../../src/cli/jar/upload-jar.ts';
import { LOST } from '../../support/acting-cluster.ts';
import { Refusal } from '../../support/answering-cluster.ts';
import { smallJar } from '../../support/small-jar.ts';
import { actAsUsual, submissionCluster } from '../../support/submission-cluster.ts';

const CONTENT = 'the classes of the job';

describe('a jar that is uploaded', () => {
  test('arrives whole, under a name with its hash', async () => {
    const { session, asked } = await submissionCluster();
    const jar = await uploadJar(session, smallJar('my job.jar', CONTENT));
    const [{ body } = { body: '' }] = asked('POST /jars/upload');
    expect(String(body)).toContain(`PK\u0003\u0004${CONTENT}PK\u0005\u0006`);
    expect(jar).toMatchObject({ name: 'my job.jar', wasThere: false });
    expect(jar.jarId).toMatch(new RegExp(`_${jar.sha256.slice(0, 12)}-my_job\\.jar$`));
    expect(await listJars(session)).toMatchObject({
      jars: [{ jarId: jar.jarId, name: 'my_job.jar', sha256Prefix: jar.sha256.slice(0, 12) }],
    });
  });

  test('is not sent again', async () => {
    const { session, asked } = await submissionCluster();
    const path = smallJar();
    const first = await uploadJar(session, path);
    expect(await uploadJar(session, path)).toEqual({ ...first, wasThere: true });
    expect(asked('POST /jars/upload')).toHaveLength(1);
  });

  test('and whose answer is lost is found by its name', async () => {
    const { session, asked, state } = await submissionCluster((acted, before) => {
      if (acted.request !== 'POST /jars/upload') return undefined;
      actAsUsual(acted, before);
      return LOST;
    });
    const { jarId } = await uploadJar(session, smallJar());
    expect(state.jars.map(({ id }) => id)).toEqual([jarId]);
    expect(asked('POST /jars/upload')).toHaveLength(1);
  });

  test('and is sent back begins anew, from the start of the file', async () => {
    let tries = 0;
    const { session, asked } = await submissionCluster(({ request }) =>
      request === 'POST /jars/upload' && tries++ === 0
        ? new Refusal(503, 'Service temporarily unavailable due to an ongoing leader election.')
        : undefined,
    );
    await uploadJar(session, smallJar('a.jar', CONTENT));
    const bodies = asked('POST /jars/upload').map(({ body }) => String(body));
    expect(bodies).toHaveLength(2);
    expect(bodies[1]).toBe(bodies[0]);
    expect(bodies[1]).toContain(CONTENT);
  });
});

test('a cluster without submission has no jars to list', async () => {
  const { session, state } = await submissionCluster();
  state.features['web-submit'] = false;
  await expect(listJars(session)).rejects.toMatchObject({ code: 'DREY_FLINK_UNSUPPORTED' });
});
