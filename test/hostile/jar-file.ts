/** The smallest jar that is one: a zip with a manifest. */
import { crc32 } from 'node:zlib';

const NAME = Buffer.from('META-INF/MANIFEST.MF');
const CONTENT = Buffer.from('Manifest-Version: 1.0\r\nMain-Class: a.B\r\n\r\n');

export function jarBytes(): Buffer {
  const shared = Buffer.alloc(26);
  shared.writeUInt16LE(20, 0);
  shared.writeUInt32LE(crc32(CONTENT), 10);
  shared.writeUInt32LE(CONTENT.length, 14);
  shared.writeUInt32LE(CONTENT.length, 18);
  shared.writeUInt16LE(NAME.length, 22);
  const local = Buffer.concat([Buffer.from('PK\u0003\u0004'), shared, NAME, CONTENT]);
  const version = Buffer.of(20, 0);
  const rest = Buffer.alloc(14);
  const central = Buffer.concat([Buffer.from('PK\u0001\u0002'), version, shared, rest, NAME]);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(1, 4);
  end.writeUInt16LE(1, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(local.length, 12);
  return Buffer.concat([local, central, Buffer.from('PK\u0005\u0006'), end]);
}
