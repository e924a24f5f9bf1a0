import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { ensureBinaries } from '../build.ts';
import { binaryCacheFolder } from '../locate.ts';
import { makeTempFolder, writeProgram } from './temp-folder.ts';
import type { TempFolder } from './temp-folder.ts';

// Stands in for Go: notes how it was called, and writes the programs that it was asked for, but those that it refuses.
const GO = `
case "$1" in
  env) echo "\${FAKE_GO_VERSION:-go1.26.8}"; exit 0 ;;
  list) echo fmt; echo io; exit 0 ;;
esac
echo "CGO=$CGO_ENABLED FLAGS=$GOFLAGS OS=$GOOS $*" >>"$FAKE_GO_LOG"
mkdir -p "$GOCACHE"
code=0
for word in "$@"; do
  [ "$previous" = -o ] && out=$word
  previous=$word
  case "$word" in
    *"$FAKE_GO_REFUSES"*) echo 'dial tcp: no such host' >&2; code=1 ;;
    */v3) printf '#!/bin/sh\\n' >"$out/server"; chmod +x "$out/server" ;;
    */cmd/*) printf '#!/bin/sh\\n' >"$out/\${word##*/}"; chmod +x "$out/\${word##*/}" ;;
  esac
done
echo fmt >&2
exit $code`;

describe('control plane: building what is missing', () => {
  let temp: TempFolder;
  let env: Record<string, string>;
  let output: string;
  const sink = { write: (text: string): void => void (output += text) };

  beforeEach(() => {
    temp = makeTempFolder();
    output = '';
    const path = join(temp.path, 'path');
    mkdirSync(path);
    mkdirSync(join(temp.path, 'assets'));
    writeProgram(path, 'go', GO);
    env = {
      PATH: `${path}:/usr/bin:/bin`,
      SLUICE_CACHE: join(temp.path, 'cache'),
      KUBEBUILDER_ASSETS: join(temp.path, 'assets'),
      FAKE_GO_LOG: join(temp.path, 'go.log'),
      FAKE_GO_REFUSES: 'nothing',
      GOFLAGS: '-mod=vendor',
      GOOS: 'plan9',
    };
  });
  afterEach(() => temp.remove());

  const calls = (): readonly string[] => readFileSync(join(temp.path, 'go.log'), 'utf8').trim().split('\n');
  const failure = async (): Promise<string> => {
    try {
      await ensureBinaries(['etcd', 'kwok'], { env, sink });
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
    throw new Error('expected a failure');
  };

  it('builds only the missing programs and leaves no build cache, lock or draft', async () => {
    const kwok = writeProgram(join(temp.path, 'assets'), 'kwok');
    const binaries = await ensureBinaries(['etcd', 'kwok', 'kubectl'], { env, sink });
    const cached = binaryCacheFolder(env);
    expect(Object.fromEntries(binaries)).to.deep.equal({
      etcd: join(cached, 'etcd'),
      kubectl: join(cached, 'kubectl'),
      kwok,
    });
    expect(calls()).to.have.length(1);
    expect(readdirSync(join(cached, '..'))).to.deep.equal(['kubernetes-v1.37.2']);
    expect(readdirSync(cached)).to.have.members(['etcd', 'kubectl']);
  });

  it('stamps the version and hears none of the settings of the shell', async () => {
    await ensureBinaries(['kubectl'], { env, sink });
    const [call] = calls();
    expect(call).to.match(/^CGO=0 FLAGS=-buildvcs=false OS= build -v -mod=readonly -trimpath /);
    expect(call).to.include('-X k8s.io/component-base/version.gitVersion=v1.37.2');
    expect(call).to.include('-X k8s.io/client-go/pkg/version.gitMinor=37');
    expect(call).to.match(/k8s\.io\/kubernetes\/cmd\/kubectl$/);
  });

  it('says beforehand what will happen, and how far it is', async () => {
    await ensureBinaries(['etcd', 'kwok'], { env, sink });
    expect(output).to.match(/lacks etcd, kwok: building with go1\.26\.8, once/);
    expect(output).to.match(/6 to 7 minutes on 2 cores/);
    expect(output).to.match(
      /Fetching the sources: \d+ s, done\nBuilding etcd, kwok \.\.\.\nBuilding etcd, kwok: \d+ s, 1 of 2 packages, done/,
    );
  });

  it('does nothing and says nothing when all is there', async () => {
    for (const name of ['etcd', 'kwok']) writeProgram(join(temp.path, 'assets'), name);
    await ensureBinaries(['etcd', 'kwok'], { env, sink });
    expect(output).to.equal('');
    expect(existsSync(join(temp.path, 'cache'))).to.equal(false);
  });

  it('keeps the build cache and what was built when a build fails, so that a retry resumes', async () => {
    env['FAKE_GO_REFUSES'] = 'cmd/kwok';
    const message = await failure();
    expect(message).to.match(/lacks kwok, .*\n.*go build exited with code 1\n.*no such host/);
    const folder = join(binaryCacheFolder(env), '..');
    expect(readdirSync(folder)).to.have.members(['go-build-v1.37.2', 'kubernetes-v1.37.2']);
    env['FAKE_GO_REFUSES'] = 'nothing';
    await ensureBinaries(['etcd', 'kwok'], { env, sink });
    expect(calls().filter((call) => call.includes('etcd/server'))).to.have.length(1);
    expect(readdirSync(folder)).to.deep.equal(['kubernetes-v1.37.2']);
  });

  for (const [name, change, cause] of [
    ['Go is not there', { PATH: '/nonexistent' }, /Go is not on the PATH/],
    ['Go is too old', { FAKE_GO_VERSION: 'go1.25.3' }, /Go is too old: go1\.25\.3, and 1\.26 is needed/],
  ] as const) {
    it(`names the four ways once when ${name}`, async () => {
      Object.assign(env, change);
      const message = await failure();
      expect(message).to.match(cause);
      expect(message).to.match(/1\. Set KUBEBUILDER_ASSETS/);
      expect(message).to.include(`2. Put them into ${binaryCacheFolder(env)}`);
      expect(message).to.match(/3\. Put Go 1\.26 or newer on the PATH/);
      expect(message).to.match(/4\. Set SLUICE_CONTROL_PLANE=download/);
    });
  }

  it('lets one builder build while the second waits and finds all done', async () => {
    const both = [ensureBinaries(['etcd'], { env, sink }), ensureBinaries(['etcd'], { env, sink })];
    await Promise.all(both);
    expect(calls()).to.have.length(1);
    expect(output).to.match(/Another process \(\d+\) is building/);
  });

  it('takes over the lock of a builder that is dead', async () => {
    const folder = binaryCacheFolder(env);
    mkdirSync(folder, { recursive: true });
    // No system gives out this pid.
    writeFileSync(`${folder}.lock`, `2147483647 ${hostname()} left-behind\n`);
    await ensureBinaries(['etcd'], { env, sink });
    expect(output).to.not.include('Another process');
    expect(existsSync(`${folder}.lock`)).to.equal(false);
  });
});
