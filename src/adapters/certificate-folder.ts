import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ServingMaterial } from '../engine/certificates/certificate-maker.ts';

/**
 * Reads a mounted Secret of type `kubernetes.io/tls`: `tls.crt`, `tls.key` and, where its issuer tells it, `ca.crt`. Resolves with
 * a sentence when one of the first two is missing or cannot be read.
 */
export async function readCertificateFolder(folder: string): Promise<ServingMaterial | string> {
  const [certificatePem, privateKeyPem, bundlePem] = await Promise.all(
    ['tls.crt', 'tls.key', 'ca.crt'].map((name) => readText(join(folder, name))),
  );
  for (const text of [certificatePem, privateKeyPem]) if (text instanceof Error) return `cannot read ${text.message}`;
  return {
    certificatePem: String(certificatePem),
    privateKeyPem: String(privateKeyPem),
    bundlePem: typeof bundlePem === 'string' ? bundlePem : '',
  };
}

async function readText(path: string): Promise<string | Error> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    return new Error(`${path}: ${code === 'ENOENT' ? 'there is no such file' : code}`);
  }
}
