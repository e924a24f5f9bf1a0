import { mkdir, mkdtemp, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { readCertificateFolder } from '../../src/adapters/certificate-folder.ts';

describe('a folder with a mounted certificate', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-certificate-'));
  });

  afterEach(() => rm(folder, { recursive: true }));

  it('is read through the link that a kubelet swaps', async () => {
    for (const version of ['one', 'two']) {
      await mkdir(join(folder, version));
      for (const name of ['tls.crt', 'tls.key', 'ca.crt'])
        await writeFile(join(folder, version, name), `${name} ${version}`);
      await unlink(join(folder, '..data')).catch(() => undefined);
      await symlink(version, join(folder, '..data'));
      expect(await readCertificateFolder(join(folder, '..data'))).to.deep.equal({
        certificatePem: `tls.crt ${version}`,
        privateKeyPem: `tls.key ${version}`,
        bundlePem: `ca.crt ${version}`,
      });
    }
  });

  it('may be without an authority', async () => {
    for (const name of ['tls.crt', 'tls.key']) await writeFile(join(folder, name), name);
    expect(await readCertificateFolder(folder)).to.deep.include({ bundlePem: '' });
  });

  it('that lacks a file says which', async () => {
    await writeFile(join(folder, 'tls.crt'), '');
    expect(await readCertificateFolder(folder)).to.equal(
      `cannot read ${join(folder, 'tls.key')}: there is no such file`,
    );
  });
});
