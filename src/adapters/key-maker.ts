import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import type { KeyMaker, RsaKeyPair } from '../engine/ports.ts';

const MODULUS_BITS = 2048;
const KEY_TYPE = 'ssh-rsa';

/** Keys by the randomness of the operating system, made on a thread of the platform. */
export function createKeyMaker(): KeyMaker {
  return { rsaPair };
}

async function rsaPair(): Promise<RsaKeyPair> {
  const pair = await promisify(generateKeyPair)('rsa', { modulusLength: MODULUS_BITS });
  const { n = '', e = '' } = pair.publicKey.export({ format: 'jwk' });
  const parts = [Buffer.from(KEY_TYPE), positive(e), positive(n)];
  const blob = Buffer.concat(parts.flatMap((part) => [lengthOf(part), part]));
  return {
    privateKey: pair.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
    publicKey: `${KEY_TYPE} ${blob.toString('base64')}\n`,
  };
}

/** A number as RFC 4251 writes it: a leading bit says the sign, so that one more byte goes before it where it is set. */
function positive(base64url: string): Buffer {
  const bytes = Buffer.from(base64url, 'base64url');
  return (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes;
}

function lengthOf(part: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(part.length);
  return length;
}
