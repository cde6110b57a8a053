import { describe, expect, test } from 'vitest';
import { HdfsFiles } from '../../../src/place/webhdfs/hdfs-files.ts';
import { createSimulatedPlatform } from '../../../src/platform/simulated/simulated-platform.ts';
import { encode, json, refusal, SimulatedHdfs } from '../../support/simulated-hdfs.ts';

function filesOf(
  cluster: SimulatedHdfs,
  httpAddresses: readonly string[] = [],
  user: string | null = null,
) {
  const platform = createSimulatedPlatform({ seed: 1, http: cluster.respond });
  const { http, timers, clock } = platform;
  return { platform, files: new HdfsFiles({ http, timers, clock, user, httpAddresses }) };
}

async function failureOf(work: (files: HdfsFiles) => Promise<unknown>, cluster: SimulatedHdfs) {
  const { platform, files } = filesOf(cluster);
  return platform.drive(
    work(files).then(
      () => null,
      (error: unknown) => error,
    ),
  );
}

const two = { '/d/b c.json': 'one two three', '/d/a.json': 'xyz' };

describe('files of HDFS', () => {
  test('are listed in the order of their names, with one request for all of them', async () => {
    const cluster = new SimulatedHdfs(two);
    const { platform, files } = filesOf(cluster);
    const seen = await platform.drive(
      (async () => {
        const names = await files.list('webhdfs://nn:9870/d');
        const sizes = [];
        for (const name of names)
          sizes.push((await files.status(`webhdfs://nn:9870/d/${name}`))?.sizeBytes);
        return { names, sizes };
      })(),
    );
    expect(seen).toEqual({ names: ['a.json', 'b c.json'], sizes: [3, 13] });
    expect(cluster.asked).toEqual(['nn:9870 LISTSTATUS /webhdfs/v1/d']);
  });

  test('are asked for again when a status out of a list has been used or is old', async () => {
    const cluster = new SimulatedHdfs(two);
    const { platform, files } = filesOf(cluster);
    await platform.drive(files.list('webhdfs://nn:9870/d'));
    const path = 'webhdfs://nn:9870/d/b c.json';
    cluster.contents['/d/b c.json'] = 'longer than it was';
    expect((await platform.drive(files.status(path)))?.sizeBytes).toBe(13);
    expect((await platform.drive(files.status(path)))?.sizeBytes).toBe(18);
    const other = 'webhdfs://nn:9870/d/a.json';
    await platform.drive(new Promise<void>((resolve) => platform.timers.after(6_000, resolve)));
    cluster.asked.length = 0;
    await platform.drive(files.status(other));
    expect(cluster.asked).toHaveLength(1);
  });

  test('are read at any position, by way of the DataNode', async () => {
    const cluster = new SimulatedHdfs(two);
    const { platform, files } = filesOf(cluster, [], 'ann');
    const read = async (): Promise<string[]> => {
      const file = await files.openToRead('webhdfs://nn:9870/d/b c.json');
      const target = new Uint8Array(6);
      const texts: string[] = [];
      for (const position of [0, 4, 8, 12, 13, 20]) {
        const count = await file.read(target, 1, 5, position);
        texts.push(new TextDecoder().decode(target.subarray(1, 1 + count)));
      }
      await file.close();
      return texts;
    };
    expect(await platform.drive(read())).toEqual(['one t', 'two t', 'three', 'e', '', '']);
    expect(cluster.asked).toEqual([
      'nn:9870 GETFILESTATUS /webhdfs/v1/d/b c.json',
      'nn:9870 OPEN /webhdfs/v1/d/b c.json',
      'dn:9864 OPEN /webhdfs/v1/d/b c.json',
    ]);
  });

  test('of hdfs:// are at port 9870, or where the configuration says', async () => {
    const cluster = new SimulatedHdfs(two);
    const plain = filesOf(cluster);
    await plain.platform.drive(plain.files.status('hdfs://nn:8020/d/a.json'));
    const named = filesOf(cluster, ['one:50070', 'two:50070'], 'ann b');
    await named.platform.drive(named.files.status('hdfs://cluster/d/a.json'));
    expect(cluster.asked.map((asked) => asked.split(' ')[0])).toEqual(['nn:9870', 'one:50070']);
  });

  test('are asked for at the other NameNode when one is on stand-by or away', async () => {
    for (const away of [
      refusal(403, 'StandbyException', 'Operation category READ is not supported in state standby'),
      { unreachable: 'refused' } as const,
      refusal(500, 'IOException', 'broken'),
    ]) {
      const cluster = new SimulatedHdfs(two);
      cluster.first = ({ host }) => (host === 'one:1' ? away : null);
      const { platform, files } = filesOf(cluster, ['one:1', 'two:1']);
      const path = 'hdfs://cluster/d/a.json';
      expect((await platform.drive(files.status(path)))?.sizeBytes).toBe(3);
      expect((await platform.drive(files.status(path)))?.sizeBytes).toBe(3);
      expect(cluster.asked.map((asked) => asked.split(' ')[0])).toEqual([
        'one:1',
        'two:1',
        'two:1',
      ]);
    }
  });

  test('are tried again for a while, and then the last reason is said', async () => {
    const cluster = new SimulatedHdfs(two);
    cluster.first = () => ({ unreachable: 'refused' });
    const failure = await failureOf((files) => files.status('webhdfs://nn:1/d'), cluster);
    expect(failure).toMatchObject({ code: 'DREY_UNREACHABLE' });
    expect(cluster.asked).toHaveLength(4);
    const standby = new SimulatedHdfs(two);
    standby.first = () => refusal(403, 'StandbyException', 'standby');
    expect(await failureOf((files) => files.status('webhdfs://nn:1/d'), standby)).toMatchObject({
      code: 'DREY_HDFS_REFUSED',
      exitCode: 5,
      message: 'cannot look at webhdfs://nn:1/d: HDFS at nn:1 says StandbyException: standby',
    });
  });

  test('that are not there have no status, and cannot be opened; nor can folders', async () => {
    const cluster = new SimulatedHdfs(two);
    const { platform, files } = filesOf(cluster);
    expect(await platform.drive(files.status('webhdfs://nn/no'))).toBeNull();
    expect(await platform.drive(files.status('webhdfs://nn/d'))).toMatchObject({ kind: 'folder' });
    expect(await failureOf((of) => of.openToRead('webhdfs://nn/no'), cluster)).toMatchObject({
      code: 'DREY_FILE_NOT_FOUND',
    });
    expect(await failureOf((of) => of.openToRead('webhdfs://nn/d'), cluster)).toMatchObject({
      code: 'DREY_FILE_WRONG_KIND',
    });
  });

  test.each([
    [
      refusal(403, 'AccessControlException', 'Permission denied: user=dr.who'),
      'DREY_FILE_DENIED',
      3,
    ],
    [refusal(400, 'IllegalArgumentException', 'Invalid value'), 'DREY_HDFS_REFUSED', 5],
    [json(401, {}), 'DREY_HDFS_REFUSED', 5],
    [json(200, { nonsense: 1 }), 'DREY_HDFS_REFUSED', 5],
    [{ status: 404, headers: {}, body: encode('<html>') }, 'DREY_HDFS_REFUSED', 5],
    [{ unreachable: 'not-http' } as const, 'DREY_UNREACHABLE', 4],
  ])('say %j in words', async (answer, code, exitCode) => {
    const cluster = new SimulatedHdfs(two);
    cluster.first = () => answer;
    const failure = await failureOf((files) => files.list('webhdfs://nn/d'), cluster);
    expect(failure).toMatchObject({ code, exitCode });
  });

  test('at a DataNode that cannot be reached say whose name it is', async () => {
    const cluster = new SimulatedHdfs(two);
    cluster.first = ({ host }) => (host === 'dn:9864' ? { unreachable: 'unknown-host' } : null);
    const failure = await failureOf(async (files) => {
      const file = await files.openToRead('webhdfs://nn/d/a.json');
      await file.read(new Uint8Array(3), 0, 3, 0);
    }, cluster);
    expect(failure).toMatchObject({
      code: 'DREY_UNREACHABLE',
      message: expect.stringMatching(
        /^cannot read webhdfs:\/\/nn\/d\/a.json: the NameNode at nn:9870 leads to a DataNode: .*dn:9864/,
      ),
    });
  });
});
