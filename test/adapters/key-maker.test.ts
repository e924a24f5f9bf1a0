import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { expect } from 'chai';
import { createKeyMaker } from '../../src/adapters/key-maker.ts';

/** The parts of a public key as RFC 4253 writes them: each with its length before it. */
function partsOf(line: string): readonly Buffer[] {
  const blob = Buffer.from(line.split(' ')[1] ?? '', 'base64');
  const parts: Buffer[] = [];
  for (let at = 0; at < blob.length;) {
    const length = blob.readUInt32BE(at);
    parts.push(blob.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return parts;
}

describe('keys of jobs', () => {
  it('are pairs of RSA-2048 in the forms of ssh', async () => {
    const { privateKey, publicKey } = await createKeyMaker().rsaPair();
    expect(privateKey).to.match(/^-----BEGIN RSA PRIVATE KEY-----\n[^]+-----END RSA PRIVATE KEY-----\n$/u);
    expect(publicKey).to.match(/^ssh-rsa [A-Za-z0-9+/=]+\n$/u);
    expect(createPrivateKey(privateKey).asymmetricKeyDetails).to.deep.include({ modulusLength: 2048 });

    const [type, e, n] = partsOf(publicKey);
    expect(type?.toString()).to.equal('ssh-rsa');
    expect(n?.length, 'a modulus of 2048 bits and a byte that says that it is positive').to.equal(257);
    const jwk = { kty: 'RSA', e: e?.toString('base64url') ?? '', n: n?.subarray(1).toString('base64url') ?? '' };
    const said = Buffer.from('hello');
    const signature = sign('sha256', said, privateKey);
    expect(verify('sha256', said, createPublicKey({ key: jwk, format: 'jwk' }), signature)).to.equal(true);
  });

  it('are others each time', async () => {
    const maker = createKeyMaker();
    const [a, b] = await Promise.all([maker.rsaPair(), maker.rsaPair()]);
    expect(a.publicKey).not.to.equal(b.publicKey);
  });
});
