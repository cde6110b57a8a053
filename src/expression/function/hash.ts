/** MD5 and the SHA family over the UTF-8 bytes of a text, as hexadecimal digits. */
import { createHash } from 'node:crypto';
import { EvaluationError } from '../evaluation-error.ts';
import type { ScalarFunction } from './contract.ts';
import { numberAt, textAt, valueAt } from './operand.ts';
import { parameters, signature } from './signature.ts';
import type { Value } from '../value.ts';

function digest(algorithm: string, value: Value): string {
  const hash = createHash(algorithm);
  return (
    value instanceof Uint8Array ? hash.update(value) : hash.update(String(value), 'utf8')
  ).digest('hex');
}

function hashFunction(name: string, algorithm: string, digits: number): ScalarFunction {
  return {
    name,
    category: 'hash',
    syntax: [`${name}(string)`],
    summary: `The ${name} hash as ${digits} hexadecimal digits.`,
    deterministic: true,
    strict: true,
    resolve: signature([parameters.textOrBytes], (_operands, _literals, nullable) => ({
      root: 'CHAR',
      length: digits,
      nullable,
    })),
    evaluate: (operands) => digest(algorithm, valueAt(operands, 0)),
  };
}

const LENGTHS: ReadonlyMap<number, string> = new Map([
  [224, 'sha224'],
  [256, 'sha256'],
  [384, 'sha384'],
  [512, 'sha512'],
]);

const sha2: ScalarFunction = {
  name: 'SHA2',
  category: 'hash',
  syntax: ['SHA2(string, length)'],
  summary: 'The SHA-2 hash of 224, 256, 384 or 512 bits as hexadecimal digits.',
  deterministic: true,
  strict: true,
  resolve: signature([parameters.text, parameters.int], (_operands, _literals, nullable) => ({
    root: 'VARCHAR',
    length: 128,
    nullable,
  })),
  evaluate: (operands) => {
    const length = numberAt(operands, 1);
    const algorithm = LENGTHS.get(length);
    if (algorithm === undefined) {
      throw new EvaluationError(`SHA2 has lengths of 224, 256, 384 and 512 bits, not ${length}`);
    }
    return digest(algorithm, textAt(operands, 0));
  },
};

export const hashFunctions: readonly ScalarFunction[] = [
  hashFunction('MD5', 'md5', 32),
  hashFunction('SHA1', 'sha1', 40),
  hashFunction('SHA224', 'sha224', 56),
  hashFunction('SHA256', 'sha256', 64),
  hashFunction('SHA384', 'sha384', 96),
  hashFunction('SHA512', 'sha512', 128),
  sha2,
];
