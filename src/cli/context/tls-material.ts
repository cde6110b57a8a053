/**
 * The PEM files of a context, read and checked before the first connection: what is wrong with one
 * of them would otherwise come out as a failed handshake.
 */
import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { InputError } from '../../errors/drey-error.ts';
import type { HttpConnection } from '../../platform/http.ts';
import type { Platform } from '../../platform/platform.ts';
import type { TlsFiles } from './context.ts';
import { readSecret } from './read-secret.ts';
import { refuseUnlessPrivate } from './refuse-unless-private.ts';

const PEM_BYTES_MAX = 1024 * 1024;
const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

export type TlsMaterial = Pick<
  HttpConnection,
  'authorities' | 'certificate' | 'privateKey' | 'passphrase'
>;

/** Throws an InputError that names the file. */
export async function readTlsMaterial(tls: TlsFiles, platform: Platform): Promise<TlsMaterial> {
  const { authorities, certificate, key } = tls;
  return {
    ...(authorities === null ? {} : { authorities: await authoritiesIn(authorities, platform) }),
    ...(certificate === null || key === null
      ? {}
      : await ownCertificate({ ...tls, certificate, key }, platform)),
  };
}

async function authoritiesIn(path: string, platform: Platform): Promise<string> {
  const text = await textOf(path, platform);
  certificatesIn(text, path);
  return text;
}

async function ownCertificate(
  { certificate, key, passphrase }: TlsFiles & { certificate: string; key: string },
  platform: Platform,
): Promise<TlsMaterial> {
  const certificateText = await textOf(certificate, platform);
  const [own] = certificatesIn(certificateText, certificate);
  await refuseUnlessPrivate(key, platform);
  const keyText = await textOf(key, platform);
  const secret = passphrase === null ? null : await readSecret(passphrase, platform);
  const privateKey = keyIn(keyText, key, secret);
  if (own?.checkPrivateKey(privateKey) === false) {
    throw unusable(key, `is not the key of the certificate in ${certificate}`);
  }
  const endsAtMs = Date.parse(own?.validTo ?? '');
  if (endsAtMs < platform.clock.nowMs()) {
    throw unusable(certificate, `is over since ${new Date(endsAtMs).toISOString()}`);
  }
  return {
    certificate: certificateText,
    privateKey: keyText,
    ...(secret === null ? {} : { passphrase: secret }),
  };
}

async function textOf(path: string, { files }: Platform): Promise<string> {
  return new TextDecoder().decode(await files.readAll(path, PEM_BYTES_MAX));
}

function certificatesIn(text: string, path: string): readonly X509Certificate[] {
  const blocks = text.match(PEM_CERTIFICATE) ?? [];
  if (blocks.length === 0) throw unusable(path, 'holds no certificate as PEM');
  try {
    return blocks.map((block) => new X509Certificate(block));
  } catch {
    // OpenSSL's own words are about its sources.
    throw unusable(path, 'holds a certificate that cannot be read');
  }
}

function keyIn(text: string, path: string, passphrase: string | null): KeyObject {
  try {
    return createPrivateKey({ key: text, ...(passphrase === null ? {} : { passphrase }) });
  } catch {
    // OpenSSL's own words say less, and nothing of the key may be shown.
    const isEncrypted = text.includes('ENCRYPTED');
    const reason = !isEncrypted
      ? 'holds no private key as PEM'
      : passphrase === null
        ? 'holds an encrypted key: name its passphrase (tls.passphrase in the context)'
        : 'holds an encrypted key, and the passphrase does not open it';
    throw unusable(path, reason);
  }
}

function unusable(path: string, reason: string): InputError {
  return new InputError('DREY_CREDENTIAL', `${path} ${reason}`, { details: { file: path } });
}
