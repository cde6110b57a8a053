/** X.509 certificates for tests, good ones and bad ones, made when they are needed. */
import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';

export interface Certified {
  /** PEM texts. */
  readonly certificate: string;
  readonly privateKey: string;
}

export interface CertificateRequest {
  readonly name: string;
  /** Host names and IPv4 addresses that it is for. */
  readonly hosts?: readonly string[];
  /** Years in full, from the first to the last day; 2020 to 2049 when they are missing. */
  readonly years?: readonly [from: number, to: number];
  readonly isAuthority?: boolean;
}

/** An authority signs; without one the certificate signs itself. */
export class Authority {
  readonly own: Certified;
  private readonly name: string;
  private readonly key: KeyObject;

  constructor(name: string) {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    this.name = name;
    this.key = privateKey;
    const request = { name, isAuthority: true };
    this.own = certified(request, { subjectKey: publicKey, privateKey }, this);
  }

  issue(request: CertificateRequest): Certified {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    return certified(request, { subjectKey: publicKey, privateKey }, this);
  }

  get issuer(): { readonly name: string; readonly key: KeyObject } {
    return { name: this.name, key: this.key };
  }
}

export function selfSigned(request: CertificateRequest): Certified {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const issuer = { name: request.name, key: privateKey };
  return certified(request, { subjectKey: publicKey, privateKey }, { issuer });
}

interface Keys {
  readonly subjectKey: KeyObject;
  readonly privateKey: KeyObject;
}

interface Issuer {
  readonly issuer: { readonly name: string; readonly key: KeyObject };
}

function certified(request: CertificateRequest, keys: Keys, { issuer }: Issuer): Certified {
  const [from, to] = request.years ?? [2020, 2049];
  const body = sequence(
    tagged(0xa0, integer(2)),
    integer(++serial),
    ECDSA_SHA256,
    distinguishedName(issuer.name),
    sequence(time(from, '0101000000Z'), time(to, '1231235959Z')),
    distinguishedName(request.name),
    keys.subjectKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(...extensionsOf(request))),
  );
  const signature = tagged(0x03, Buffer.of(0), sign('sha256', body, issuer.key));
  const der = sequence(body, ECDSA_SHA256, signature);
  return {
    certificate: `-----BEGIN CERTIFICATE-----\n${lines(der.toString('base64'))}\n-----END CERTIFICATE-----\n`,
    privateKey: String(keys.privateKey.export({ type: 'pkcs8', format: 'pem' })),
  };
}

let serial = 0;

function extensionsOf({ hosts = [], isAuthority = false }: CertificateRequest): readonly Buffer[] {
  const constraints = sequence(...(isAuthority ? [tagged(0x01, Buffer.of(0xff))] : []));
  const names = hosts.map((host) =>
    /^[\d.]+$/.test(host)
      ? tagged(0x87, Buffer.from(host.split('.').map(Number)))
      : tagged(0x82, Buffer.from(host)),
  );
  return [
    sequence(BASIC_CONSTRAINTS, tagged(0x01, Buffer.of(0xff)), tagged(0x04, constraints)),
    ...(names.length === 0 ? [] : [sequence(ALTERNATIVE_NAME, tagged(0x04, sequence(...names)))]),
  ];
}

/** UTCTime, which ends with 2049. */
function time(year: number, rest: string): Buffer {
  return tagged(0x17, Buffer.from(`${String(year).slice(2)}${rest}`));
}

function distinguishedName(name: string): Buffer {
  return sequence(tagged(0x31, sequence(COMMON_NAME, tagged(0x0c, Buffer.from(name)))));
}

function integer(value: number): Buffer {
  return tagged(0x02, Buffer.of(value));
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tagged(0x30, ...parts);
}

/** DER: tag, length, content. */
function tagged(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const head =
    length < 0x80
      ? [length]
      : length < 0x100
        ? [0x81, length]
        : [0x82, Math.floor(length / 0x100), length % 0x100];
  return Buffer.concat([Buffer.of(tag, ...head), content]);
}

function lines(base64: string): string {
  return base64.replaceAll(/.{64}/g, '$&\n').trimEnd();
}

/** Object identifiers, with their tag. */
const COMMON_NAME = Buffer.from('0603550403', 'hex');
const BASIC_CONSTRAINTS = Buffer.from('0603551d13', 'hex');
const ALTERNATIVE_NAME = Buffer.from('0603551d11', 'hex');
const ECDSA_SHA256 = sequence(Buffer.from('06082a8648ce3d040302', 'hex'));
