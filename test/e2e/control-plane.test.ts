import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { arrayAt, numberAt, stringAt } from '../../src/lib/json.ts';
import { CORE_BINARIES } from '../control-plane/binary.ts';
import type { Binaries } from '../control-plane/binary.ts';
import { ensureBinaries } from '../control-plane/build.ts';
import { startControlPlane } from '../control-plane/launch.ts';
import type { ControlPlane } from '../control-plane/launch.ts';
import { lookUpProcess } from '../control-plane/parent-watch.ts';

const LAUNCH = join(import.meta.dirname, '..', 'control-plane', 'launch.ts');
const SHAPE = { count: 2, cpu: '8', memory: '32Gi', gpus: 8 } as const;

describe('control plane', function () {
  this.timeout(120_000);
  let binaries: Binaries;
  let first: ControlPlane;
  let second: ControlPlane;

  before(async function () {
    // Where nothing is built yet this is the build.
    this.timeout(1_800_000);
    binaries = await ensureBinaries([...CORE_BINARIES, 'kube-scheduler']);
    const both = await Promise.allSettled([
      startControlPlane({ binaries, audit: 'objects' }),
      startControlPlane({ binaries, podStages: false }),
    ]);
    for (const started of both) if (started.status === 'rejected') throw started.reason;
    [first, second] = both.map((started) => (started as PromiseFulfilledResult<ControlPlane>).value) as [
      ControlPlane,
      ControlPlane,
    ];
    await Promise.all([first.applyNodes([SHAPE]), second.applyNodes([{ ...SHAPE, namePrefix: 'other' }])]);
  });

  after(async () => {
    await Promise.all([first, second].map((plane) => plane?.stop()));
  });

  it('runs side by side with another, each with its own nodes and users', async () => {
    const names = await Promise.all([first, second].map((plane) => plane.kubectl(['get', 'nodes', '-o', 'name'])));
    expect(names.map(({ stdout }) => stdout)).to.deep.equal([
      'node/node-0\nnode/node-1\n',
      'node/other-0\nnode/other-1\n',
    ]);
    const stranger = await first.kubectl(['get', 'nodes', '--token', second.adminToken]);
    expect(stranger.code).to.equal(1);
  });

  it('keeps its secrets to its owner', () => {
    expect(statSync(first.kubeconfigPath).mode & 0o077).to.equal(0);
    expect(statSync(first.dataDir).mode & 0o077).to.equal(0);
  });

  it('lets the user sluice do nothing until RBAC grants it', async () => {
    const kubeconfig = await first.kubeconfigFor('sluice');
    const asSluice = ['get', 'pods', '--kubeconfig', kubeconfig];
    expect((await first.kubectl(asSluice)).stderr).to.match(/User "sluice" cannot list resource "pods"/);
    await first.kubectl(['create', 'clusterrolebinding', 'sluice', '--clusterrole=view', '--user=sluice']);
    const granted = async (): Promise<boolean> => (await first.kubectl(asSluice)).code === 0;
    expect(await eventually(granted)).to.equal(true);
  });

  describe('pods', () => {
    before(async () => {
      const jobs = [
        job('sleeps', ['sleep', '1']),
        job('exits', ['sh', '-c', 'echo no; exit 3']),
        pod('stays', ['run']),
      ];
      const { code, stderr } = await first.kubectl(['apply', '-f', '-'], JSON.stringify(list(jobs)));
      expect(code, stderr).to.equal(0);
      const scheduler = await first.startKubeScheduler();
      expect(lookUpProcess(scheduler.pid)).to.not.equal(undefined);
      const waiting = ['wait', '--for=condition=Ready', 'pod/stays', '--timeout=60s'];
      expect((await first.kubectl(waiting)).code).to.equal(0);
    });

    it('finish with their job after the seconds that they sleep', async () => {
      const wait = await first.kubectl(['wait', '--for=condition=Complete', 'job/sleeps', '--timeout=60s']);
      expect(wait.code, wait.stderr).to.equal(0);
      const { body } = await podsOf(first, 'job-name=sleeps');
      const [sleeper] = arrayAt(body, 'items');
      const [container] = arrayAt(sleeper, 'status', 'containerStatuses');
      const ran = ['startedAt', 'finishedAt'].map((at) => Date.parse(stringAt(container, ['state', 'terminated', at])));
      expect((ran[1] ?? NaN) - (ran[0] ?? NaN)).to.be.at.least(1_000);
    });

    it('fail with the code that they exit with, and their job with them', async () => {
      const wait = await first.kubectl(['wait', '--for=condition=Failed', 'job/exits', '--timeout=60s']);
      expect(wait.code, wait.stderr).to.equal(0);
      const { body } = await podsOf(first, 'job-name=exits');
      const [failed] = arrayAt(body, 'items');
      expect(stringAt(failed, ['status', 'phase'])).to.equal('Failed');
      const [container] = arrayAt(failed, 'status', 'containerStatuses');
      expect(numberAt(container, ['state', 'terminated', 'exitCode'], -1)).to.equal(3);
    });

    it('run until they are deleted, and are gone at once then', async () => {
      const { stdout } = await first.kubectl(['get', 'pod', 'stays', '-o', 'jsonpath={.status.phase}']);
      expect(stdout).to.equal('Running');
      // Without a kubelet the default grace period of 30 s would pass.
      const deleted = await first.kubectl(['delete', 'pod', 'stays', '--timeout=10s']);
      expect(deleted.code, deleted.stderr).to.equal(0);
    });

    it('leave their bindings in the audit log, with the node', async () => {
      const lines = readFileSync(first.auditLogPath ?? '', 'utf8')
        .trim()
        .split('\n');
      const bindings = lines
        .map((line): unknown => JSON.parse(line))
        .filter((event) => stringAt(event, ['objectRef', 'subresource']) === 'binding')
        .map((event) => [stringAt(event, ['user', 'username']), stringAt(event, ['requestObject', 'target', 'name'])]);
      expect(bindings).to.have.length(3);
      for (const [user, node] of bindings) {
        expect(user).to.equal('system:kube-scheduler');
        expect(node).to.match(/^node-[01]$/);
      }
    });

    it('stay as they were bound where pod stages are off', async () => {
      const bound = {
        ...pod('bound', ['exit 1']),
        spec: { nodeName: 'other-0', containers: [{ name: 'c', image: 'x' }] },
      };
      const { code, stderr } = await second.kubectl(['apply', '-f', '-'], JSON.stringify(bound));
      expect(code, stderr).to.equal(0);
      // By the time that kwok has brought up a later node it has seen the pod.
      await second.applyNodes([{ ...SHAPE, count: 1, namePrefix: 'later' }]);
      const { stdout } = await second.kubectl(['get', 'pod', 'bound', '-o', 'jsonpath={.status.phase}']);
      expect(stdout).to.equal('Pending');
    });
  });

  it('tells when a part of it dies', async () => {
    const { promise, resolve } = Promise.withResolvers<Error>();
    const plane = await startControlPlane({ binaries, onFailure: resolve });
    process.kill(plane.pids.get('kwok') ?? 0, 'SIGKILL');
    expect((await promise).message).to.match(/^kwok was ended by SIGKILL; its log ends with:\n/);
    await plane.stop();
  });

  it('says why it could not start and leaves nothing behind', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-test-'));
    const kubeconfigPath = join(folder, 'kubeconfig');
    const start = startControlPlane({ binaries, kubeconfigPath, extraArgs: { 'kube-apiserver': ['--no-such-flag'] } });
    const message = await start.then(
      () => 'started',
      (error: unknown) => String(error),
    );
    expect(message).to.match(/kube-apiserver exited with code 1; its log ends with:[^]*unknown flag: --no-such-flag/);
    expect(existsSync(kubeconfigPath)).to.equal(false);
    rmSync(folder, { recursive: true });
  });

  it('goes away whole on stop, which may be repeated', async () => {
    const plane = await startControlPlane({ binaries });
    await plane.stop();
    await plane.stop();
    await expectGone([...plane.pids.values()], plane.ports.apiserver, [plane.dataDir]);
  });

  it('goes away whole when its parent is killed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-test-'));
    const kubeconfigPath = join(folder, 'kubeconfig');
    const code = `
      import { startControlPlane } from ${JSON.stringify(LAUNCH)};
      const binaries = new Map(${JSON.stringify([...binaries])});
      const plane = await startControlPlane({ binaries, kubeconfigPath: ${JSON.stringify(kubeconfigPath)} });
      const { pids, ports, dataDir } = plane;
      console.log(JSON.stringify({ pids: [...pids.values()], port: ports.apiserver, dataDir }));
      setInterval(() => undefined, 1000);`;
    const parent = spawn(process.execPath, ['--input-type=module-typescript', '-e', code], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const said = JSON.parse(line.toString()) as { pids: number[]; port: number; dataDir: string };
    expect(said.pids.filter((pid) => lookUpProcess(pid) === undefined)).to.deep.equal([]);
    expect([existsSync(kubeconfigPath), existsSync(said.dataDir)]).to.deep.equal([true, true]);
    parent.kill('SIGKILL');
    await expectGone(said.pids, said.port, [said.dataDir, kubeconfigPath]);
    rmSync(folder, { recursive: true });
  });

  it('starts from programs that lie in several places', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-test-'));
    const env = { KUBEBUILDER_ASSETS: join(folder, 'assets'), SLUICE_CACHE: join(folder, 'cache'), PATH: '' };
    const cached = join(env.SLUICE_CACHE, 'control-plane', 'kubernetes-v1.37.2');
    for (const path of [env.KUBEBUILDER_ASSETS, cached]) mkdirSync(path, { recursive: true });
    for (const name of CORE_BINARIES) {
      const place = ['etcd', 'kube-apiserver', 'kubectl'].includes(name) ? env.KUBEBUILDER_ASSETS : cached;
      symlinkSync(binaries.get(name) ?? '', join(place, name));
    }
    const plane = await startControlPlane({ binaries: await ensureBinaries(CORE_BINARIES, { env }) });
    expect((await plane.kubectl(['version', '-o', 'json'])).stdout).to.include('v1.37.2');
    await plane.stop();
    rmSync(folder, { recursive: true });
  });
});

async function eventually(holds: () => boolean | Promise<boolean>): Promise<boolean> {
  for (let round = 0; round < 100; round += 1) {
    if (await holds()) return true;
    await sleep(50);
  }
  return false;
}

async function expectGone(pids: readonly number[], port: number, paths: readonly string[]): Promise<void> {
  const living = (): readonly number[] => pids.filter((pid) => lookUpProcess(pid) !== undefined);
  await eventually(() => living().length === 0);
  expect(living()).to.deep.equal([]);
  // A process that is ending loses its memory before its sockets.
  expect(await eventually(async () => !(await isOpen(port)))).to.equal(true);
  expect(paths.filter((path) => existsSync(path))).to.deep.equal([]);
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

function podsOf(plane: ControlPlane, selector: string): ReturnType<ControlPlane['client']['request']> {
  return plane.client.request('GET', `/api/v1/namespaces/default/pods?labelSelector=${selector}`);
}

function list(items: readonly object[]): object {
  return { apiVersion: 'v1', kind: 'List', items };
}

function pod(name: string, command: readonly string[]): object {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: podSpec(command) };
}

function job(name: string, command: readonly string[]): object {
  const spec = { backoffLimit: 0, template: { spec: podSpec(command) } };
  return { apiVersion: 'batch/v1', kind: 'Job', metadata: { name }, spec };
}

function podSpec(command: readonly string[]): object {
  return { restartPolicy: 'Never', containers: [{ name: 'main', image: 'none', command }] };
}
