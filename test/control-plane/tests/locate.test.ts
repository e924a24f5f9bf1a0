import { mkdirSync, writeFileSync } from 'node:fs';
import { arch, platform } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { BINARY_NAMES, CORE_BINARIES } from '../binary.ts';
import { binaryCacheFolder, cacheFolder, locateBinaries } from '../locate.ts';
import { makeTempFolder, writeProgram } from './temp-folder.ts';
import type { TempFolder } from './temp-folder.ts';

describe('control plane: locating programs', () => {
  let temp: TempFolder;
  let assets: string;
  let cached: string;
  let env: Readonly<Record<string, string>>;

  beforeEach(() => {
    temp = makeTempFolder();
    assets = join(temp.path, 'assets');
    env = { KUBEBUILDER_ASSETS: assets, SLUICE_CACHE: join(temp.path, 'cache'), PATH: join(temp.path, 'path') };
    cached = binaryCacheFolder(env);
    for (const folder of [assets, cached, join(temp.path, 'path')]) mkdirSync(folder, { recursive: true });
  });
  afterEach(() => temp.remove());

  it('looks for each program singly, in KUBEBUILDER_ASSETS before the cache folder', () => {
    const etcd = writeProgram(assets, 'etcd');
    writeProgram(cached, 'etcd');
    const kwok = writeProgram(cached, 'kwok');
    const { found, missing } = locateBinaries(['etcd', 'kwok', 'kubectl'], env);
    expect(Object.fromEntries(found)).to.deep.equal({ etcd, kwok });
    expect(missing).to.deep.equal(['kubectl']);
  });

  it('looks last where setup-envtest keeps its sets: those of our minor version and platform, the newest first', () => {
    const store = join(temp.path, 'data', 'kubebuilder-envtest', 'k8s');
    const here = `${platform()}-${arch() === 'x64' ? 'amd64' : arch()}`;
    const withData = { ...env, XDG_DATA_HOME: join(temp.path, 'data') };
    for (const set of ['1.37.2', '1.37.10', '1.36.11', '1.37.11-plan9']) {
      const folder = join(store, set.includes('plan9') ? `${set}-amd64` : `${set}-${here}`);
      mkdirSync(folder, { recursive: true });
      writeProgram(folder, 'etcd');
      writeProgram(folder, 'kubectl');
    }
    const kubectl = writeProgram(cached, 'kubectl');
    expect(Object.fromEntries(locateBinaries(['etcd', 'kubectl', 'kwok'], withData).found)).to.deep.equal({
      etcd: join(store, `1.37.10-${here}`, 'etcd'),
      kubectl,
    });
  });

  it('does not take programs from the PATH', () => {
    writeProgram(join(temp.path, 'path'), 'kubectl');
    expect(locateBinaries(['kubectl'], env).missing).to.deep.equal(['kubectl']);
  });

  it('does not take a folder or a file that cannot be run', () => {
    mkdirSync(join(assets, 'etcd'));
    writeFileSync(join(assets, 'kwok'), '', { mode: 0o644 });
    expect(locateBinaries(['etcd', 'kwok'], env).missing).to.deep.equal(['etcd', 'kwok']);
  });

  it('asks for kube-scheduler only when told to', () => {
    expect(BINARY_NAMES).to.include('kube-scheduler');
    expect(CORE_BINARIES).to.deep.equal(BINARY_NAMES.filter((name) => name !== 'kube-scheduler'));
  });

  for (const [name, given, expected] of [
    ['SLUICE_CACHE itself', { SLUICE_CACHE: '/a', XDG_CACHE_HOME: '/b' }, /^\/a$/],
    ['sluice below XDG_CACHE_HOME', { XDG_CACHE_HOME: '/b' }, /^\/b\/sluice$/],
    ['.cache/sluice below the home folder', {}, /\/\.cache\/sluice$/],
  ] as const) {
    it(`keeps its cache in ${name}`, () => {
      expect(cacheFolder(given)).to.match(expected);
    });
  }
});
