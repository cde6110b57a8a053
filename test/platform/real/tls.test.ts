import type { SecureVersion, TlsOptions } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { HttpConnection } from '../../../src/platform/http.ts';
import { RealHttp } from '../../../src/platform/real/http.ts';
import { Authority, selfSigned, type Certified } from '../../support/certificates.ts';
import { recordingCluster } from '../../support/recording-servers.ts';

const authority = new Authority('the authority');
const other = new Authority('another authority');
const good = authority.issue({ name: 'localhost', hosts: ['localhost', '127.0.0.1'] });
const trusting: HttpConnection = {
  verifiesPeer: true,
  authorities: authority.own.certificate,
};
const limits = { connectMs: 3_000, headersMs: 3_000, bodyIdleMs: 3_000, bodyBytesMax: 10_000 };

async function ask(port: number, connection: HttpConnection, host = 'localhost'): Promise<number> {
  const http = new RealHttp();
  onTestFinished(() => http.close());
  const { status } = await http.request({
    method: 'GET',
    url: `https://${host}:${port}/config`,
    headers: { authorization: 'Bearer secret' },
    limits,
    connection,
  });
  return status;
}

function tlsOf({ certificate, privateKey }: Certified): TlsOptions {
  return { cert: certificate, key: privateKey };
}

describe('a server', () => {
  it.each(['localhost', '127.0.0.1'])('with a good certificate for %s is asked', async (host) => {
    const { port, received } = await recordingCluster({ tls: tlsOf(good) });
    expect(await ask(port, trusting, host)).toBe(200);
    expect(received).toHaveLength(1);
  });

  const issued = (request: Parameters<Authority['issue']>[0]): TlsOptions =>
    tlsOf(authority.issue(request));
  const leaf = { name: 'localhost', hosts: ['localhost'] };

  it.each<[string, TlsOptions, string]>([
    ['whose certificate is over', issued({ ...leaf, years: [2020, 2021] }), 'CERT_HAS_EXPIRED'],
    [
      'whose certificate is not valid yet',
      issued({ ...leaf, years: [2048, 2049] }),
      'CERT_NOT_YET_VALID',
    ],
    [
      'with a certificate for another host',
      issued({ name: 'elsewhere.example', hosts: ['elsewhere.example'] }),
      'ERR_TLS_CERT_ALTNAME_INVALID',
    ],
    [
      'with a certificate whose name is right and whose hosts are not',
      issued({ name: 'localhost', hosts: ['elsewhere.example'] }),
      'ERR_TLS_CERT_ALTNAME_INVALID',
    ],
    ['that signed its own certificate', tlsOf(selfSigned(leaf)), 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    [
      'of an authority that nobody trusts',
      tlsOf(other.issue(leaf)),
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    ],
    [
      'of an authority that only has the right name',
      tlsOf(new Authority('the authority').issue(leaf)),
      'CERT_SIGNATURE_FAILURE',
    ],
    [
      'that speaks only TLS 1.1',
      // OpenSSL has it only at a lower level of security.
      { ...tlsOf(good), ...versions('TLSv1', 'TLSv1.1'), ciphers: 'DEFAULT@SECLEVEL=0' },
      'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
    ],
  ])('%s gets no request', async (_, tls, code) => {
    const { port, received } = await recordingCluster({ tls });
    await expect(ask(port, trusting)).rejects.toMatchObject({
      code: 'DREY_UNREACHABLE',
      retry: 'never',
      details: { reason: 'tls', code },
      hint: expect.not.stringContaining('Check address and port') as string,
    });
    expect(received).toEqual([]);
  });

  it('without TLS gets no request', async () => {
    const { port, received } = await recordingCluster();
    await expect(ask(port, trusting)).rejects.toMatchObject({ details: { reason: 'tls' } });
    expect(received).toEqual([]);
  });

  it('is not verified where one wants it so, and only there', async () => {
    const { port } = await recordingCluster({ tls: tlsOf(selfSigned(leaf)) });
    expect(await ask(port, { verifiesPeer: false })).toBe(200);
    await expect(ask(port, { verifiesPeer: true })).rejects.toMatchObject({
      details: { reason: 'tls' },
    });
  });
});

describe('mutual TLS', () => {
  const mutual = { ...tlsOf(good), ca: authority.own.certificate, requestCert: true };
  const me = authority.issue({ name: 'me' });

  it('shows our certificate to the server', async () => {
    const { port, received } = await recordingCluster({ tls: mutual });
    const connection = { ...trusting, certificate: me.certificate, privateKey: me.privateKey };
    expect(await ask(port, connection)).toBe(200);
    expect(received).toHaveLength(1);
  });

  it.each<[string, Certified | null]>([
    ['no certificate', null],
    ['a certificate of another authority', other.issue({ name: 'me' })],
  ])('with %s is broken off by the server, and what it may want is said', async (_, own) => {
    const { port, received } = await recordingCluster({ tls: mutual });
    const shown = own === null ? {} : { certificate: own.certificate, privateKey: own.privateKey };
    await expect(ask(port, { ...trusting, ...shown })).rejects.toMatchObject({
      // As Node's servers do it; others send an alert, which is a failure of TLS.
      details: { reason: 'cut-off' },
      hint: expect.stringContaining('mTLS') as string,
    });
    expect(received).toEqual([]);
  });
});

function versions(minVersion: SecureVersion, maxVersion: SecureVersion): TlsOptions {
  return { minVersion, maxVersion };
}
