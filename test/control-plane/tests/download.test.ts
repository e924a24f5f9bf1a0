import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect } from 'chai';
import { KUBERNETES_VERSION } from '../binary.ts';
import type { BinaryName } from '../binary.ts';
import { ensureBinaries } from '../build.ts';
import { binaryCacheFolder } from '../locate.ts';
import { ETCD_VERSION, KWOK_VERSION, PINNED_SUMS, published } from '../official-releases.ts';
import { makeTempFolder, writeProgram } from './temp-folder.ts';
import type { TempFolder } from './temp-folder.ts';

const NAMES: readonly BinaryName[] = ['etcd', 'kube-apiserver', 'kwok'];

describe('control plane: the official releases, downloaded', () => {
  let temp: TempFolder;
  let server: Server;
  let files: Map<string, Buffer>;
  let env: Record<string, string>;
  let output: string;
  const sink = { write: (text: string): void => void (output += text) };

  before(async () => {
    server = createServer((request, response) => {
      const file = files.get(`https:/${request.url ?? ''}`);
      response.writeHead(file === undefined ? 404 : 200, { 'content-length': file?.length ?? 0 }).end(file);
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  });
  after(() => void server.close());

  beforeEach(() => {
    temp = makeTempFolder();
    output = '';
    files = new Map(NAMES.map((name) => [published(name).url, release(name)]));
    env = {
      PATH: process.env['PATH'] ?? '',
      SLUICE_CACHE: join(temp.path, 'cache'),
      SLUICE_CONTROL_PLANE: 'download',
      SLUICE_CONTROL_PLANE_SUMS: join(temp.path, 'sums'),
      SLUICE_CONTROL_PLANE_MIRROR: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    };
    pin();
  });
  afterEach(() => temp.remove());

  /** The file of a release: a script, for etcd in an archive. */
  function release(name: BinaryName): Buffer {
    const { inside } = published(name);
    const folder = join(temp.path, inside === undefined ? name : join(inside, '..'));
    mkdirSync(folder, { recursive: true });
    const path = writeProgram(folder, name, `echo ${name}`);
    if (inside === undefined) return readFileSync(path);
    return execFileSync('tar', ['-cz', '-C', temp.path, inside]);
  }

  function pin(): void {
    const lines = [...files].map(([url, file]) => `${createHash('sha256').update(file).digest('hex')}  ${url}`);
    writeFileSync(join(temp.path, 'sums'), `# as sha256sum writes them\n${lines.join('\n')}\n`);
  }

  async function failure(): Promise<string> {
    const error: unknown = await ensureBinaries(NAMES, { env, sink }).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    const folder = binaryCacheFolder(env);
    expect(existsSync(folder) ? readdirSync(folder) : []).to.deep.equal([]);
    return error instanceof Error ? error.message : '';
  }

  it('are programs that run, and the next time nothing is asked for', async () => {
    const found = await ensureBinaries(NAMES, { env, sink });
    for (const name of NAMES) expect(execFileSync(found.get(name) ?? '', { encoding: 'utf8' })).to.equal(`${name}\n`);
    expect(output).to.match(/Downloading etcd, kube-apiserver, kwok: \d+ s, .*done/);
    files.clear();
    await ensureBinaries(NAMES, { env, sink });
    expect(readdirSync(binaryCacheFolder(env))).to.have.members([...NAMES]);
  });

  const troubles: readonly (readonly [name: string, change: () => void, want: RegExp])[] = [
    [
      'the sums that are pinned here are of other files',
      () => delete env['SLUICE_CONTROL_PLANE_SUMS'],
      /kubernetes-server\S+ has the SHA-512 [0-9a-f]{128}, and [0-9a-f]{128} is pinned: it is not used/,
    ],
    [
      'one byte is another',
      () => void files.set(published('kwok').url, Buffer.from('#!/bin/sh\necho evil\n')),
      /kwok\S+ has the SHA-256 [0-9a-f]{64}, and [0-9a-f]{64} is pinned: it is not used/,
    ],
    ['a file is not there', () => void files.delete(published('etcd').url), /etcd\S+: 404/],
    ['nobody answers', () => (env['SLUICE_CONTROL_PLANE_MIRROR'] = 'http://127.0.0.1:1'), /cannot be reached: .+/],
    ['nobody knows the way', () => (env['SLUICE_CONTROL_PLANE'] = 'fetch'), /takes build or download, not "fetch"/],
  ];
  for (const [name, change, want] of troubles)
    it(`are not used, and nothing of them stays, where ${name}`, async () => {
      change();
      expect(await failure()).to.match(want);
    });

  it('are used where a sum is known, and the rest is built', async () => {
    files.delete(published('kwok').url);
    pin();
    env['PATH'] = join(temp.path, 'bin');
    mkdirSync(env['PATH']);
    writeProgram(env['PATH'], 'tar', `exec ${execFileSync('which', ['tar'], { encoding: 'utf8' }).trim()} "$@"`);
    const said = await ensureBinaries(NAMES, { env, sink }).catch(String);
    expect(said).to.include("lacks kwok, and they can't be built here");
    expect(output).to.include('No sum is known of the release of kwok: built in place of that.');
    expect(readdirSync(binaryCacheFolder(env))).to.have.members(['etcd', 'kube-apiserver']);
  });

  it('are pinned for the version that would be built', () => {
    for (const url of PINNED_SUMS.keys()) expect(url).to.include(`/${KUBERNETES_VERSION}/kubernetes-server-linux-`);
    for (const sum of PINNED_SUMS.values()) expect(sum).to.match(/^[0-9a-f]{128}$/);
  });

  it('are of the versions that would be built', () => {
    const pins = readFileSync(join(import.meta.dirname, '../go.mod'), 'utf8');
    expect(pins)
      .to.include(`go.etcd.io/etcd/server/v3 ${ETCD_VERSION} `)
      .and.include(`sigs.k8s.io/kwok ${KWOK_VERSION} `);
  });
});
