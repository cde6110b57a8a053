import { describe, expect, test } from 'vitest';
import { MASK, maskEntry } from '../../../src/cli/cluster-status/mask-secrets.ts';

const masked = (key: string, value: string) => maskEntry({ key, value }).value;

describe('the whole value is hidden', () => {
  test.each([
    ['security.ssl.internal.key-password', 'changeit'],
    ['security.ssl.rest.truststore-password', '12345'],
    ['s3.access-key', 'AKIA'],
    ['s3.secret-key', 'x/y+z'],
    ['fs.azure.account.key.blob', '******'],
    ['fs.azure.account.key', 'abc=='],
    ['security.delegation.token.value', 'abcdef'],
    ['my.plugin.apiKey', 'k'],
    ['metrics.reporter.dd.apikey', '0123456789abcdef'],
    ['security.kerberos.jaas.config', 'com.sun...'],
    ['ENCRYPTION_KEY', 'k'],
  ])('of %s', (key, value) => {
    expect(masked(key, value)).toBe(MASK);
  });
});

describe('the value stays', () => {
  test.each([
    ['security.kerberos.login.keytab', '/etc/flink.keytab'],
    ['security.ssl.rest.keystore', '/etc/keystore.jks'],
    ['table.exec.source.idle-timeout', '1 min'],
    ['security.delegation.tokens.enabled', 'true'],
    ['security.delegation.tokens.renewal.time-ratio.token', '1 h'],
    ['state.backend.rocksdb.block.cache-size', '8mb'],
    ['pipeline.key-groups', '128'],
    ['monkey', 'banana'],
  ])('of %s', (key, value) => {
    expect(maskEntry({ key, value })).toEqual({ key, value, isMasked: false });
  });
});

describe('a secret within a value is hidden', () => {
  test.each([
    [
      'env.java.opts',
      '-Xmx1g -Djavax.net.ssl.keyStorePassword=hunter2 -Da=b',
      `-Xmx1g -Djavax.net.ssl.keyStorePassword=${MASK} -Da=b`,
    ],
    ['jdbc.url', 'jdbc:mysql://me:hunter2@db/x', `jdbc:mysql://me:${MASK}@db/x`],
    [
      'jdbc.url',
      'jdbc:pg://db/x?user=me&password=hunter2&ssl=1',
      `jdbc:pg://db/x?user=me&password=${MASK}&ssl=1`,
    ],
    ['http.headers', 'Authorization: Bearer abcdef123456', `Authorization: Bearer ${MASK}`],
  ])('in %s', (key, value, expected) => {
    expect(maskEntry({ key, value })).toEqual({ key, value: expected, isMasked: true });
  });
});

test('what the cluster has hidden is marked as hidden', () => {
  expect(maskEntry({ key: 'x.y', value: '******' }).isMasked).toBe(true);
});
