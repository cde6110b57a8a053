import { describe, expect, it } from 'vitest';
import { concealed, maskSecrets } from '../../../src/flink/sql/mask-secrets.ts';

const MASK = "'******'";

describe('maskSecrets', () => {
  it.each([
    [`WITH ('password' = 'geheim')`, `WITH ('password' = ${MASK})`],
    [`WITH ('password'='ge''heim', 'a'='b')`, `WITH ('password'=${MASK}, 'a'='b')`],
    [`SET 'kafka.sasl.jaas.config' = 'x y'`, `SET 'kafka.sasl.jaas.config' = ${MASK}`],
    [`SET 's3.secret-key' /* c */ = -- d\n 'x'`, `SET 's3.secret-key' /* c */ = -- d\n ${MASK}`],
    [`SET s3.access-key = 'abc'`, `SET s3.access-key = ${MASK}`],
    [`WITH ('API-KEY' = 'x')`, `WITH ('API-KEY' = ${MASK})`],
    [`'url' = 'jdbc:mysql://me:pw@host/db'`, `'url' = 'jdbc:mysql://******@host/db'`],
    [`SELECT 'password', x = 'y'`, `SELECT 'password', x = 'y'`],
    [`SELECT * FROM password WHERE a = 'b'`, `SELECT * FROM password WHERE a = 'b'`],
    [`WITH ('connector' = 'jdbc')`, `WITH ('connector' = 'jdbc')`],
  ])('%s', (text, shown) => {
    expect(maskSecrets(text).text).toBe(shown);
  });

  it('knows the secrets again in a message', () => {
    const masked = maskSecrets(`WITH ('password' = 'ge''heim', 'token' = 'ab')`);
    // Two characters occur in texts by chance.
    expect(concealed("cannot log in with ge'heim about //me:x@host", masked)).toBe(
      'cannot log in with ****** about //******@host',
    );
  });
});
