import { expect } from 'chai';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT, runNode } from '../../tools/run-node.ts';
import { freePort } from '../control-plane/free-port.ts';
import { startControlPlane } from '../control-plane/launch.ts';
import type { ControlPlane } from '../control-plane/launch.ts';
import { applied } from './support/manifest.ts';
import { SluiceProcess } from './support/sluice-process.ts';

const run = promisify(execFile);
const TEAM = 'team-a';

describe('the package', function () {
  this.timeout(120_000);
  let folder = '';
  let root = '';

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-package-'));
    const dist = join(folder, 'dist');
    const built = await runNode(['tools/build.ts', dist]);
    expect(built.code, built.stderr).to.equal(0);
    const packed = await run('npm', ['pack', dist, '--pack-destination', folder, '--silent']);
    await run('tar', ['-xzf', join(folder, packed.stdout.trim()), '-C', folder]);
    root = join(folder, 'package');
    // Installed packages stand in for what `npm install` would fetch.
    await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  });

  after(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it('holds built JavaScript, and nothing that has to be stripped of types', async () => {
    const files = await readdir(root, { recursive: true });
    expect(files.filter((file) => file.endsWith('.ts'))).to.deep.equal([]);
    expect(files).to.include.members(['src/cli/engine-worker.js', 'manifests/rbac/scheduler.yaml', 'LICENSE']);
  });

  it('tells its version, and every program that it names is there', async () => {
    const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
      readonly version: string;
      readonly bin: Readonly<Record<string, string>>;
    };
    for (const [name, path] of Object.entries(manifest.bin)) {
      const told = await runNode([join(root, path), name.startsWith('kubectl_complete') ? 'get' : '--help'], folder);
      expect(told.code, `${name}: ${told.stderr}`).to.equal(0);
    }
    const told = await runNode([join(root, 'bin/sluice.js'), '--version'], folder);
    expect(told.stdout.trim()).to.equal(manifest.version);
  });

  describe('on a real control plane', () => {
    let plane: ControlPlane;
    let sluice: SluiceProcess;

    before(async () => {
      plane = await startControlPlane();
      sluice = await SluiceProcess.start({
        kubeconfig: plane.kubeconfigPath,
        install: true,
        webhookPort: await freePort(),
        program: join(root, 'bin/sluice.js'),
      });
      await plane.applyNodes([{ count: 1, cpu: '4', memory: '8Gi', gpus: 0 }]);
    });

    after(async () => {
      await sluice?.stop();
      await plane?.stop();
    });

    it('serves reviews and starts a gang', async () => {
      const labels = { 'sluice.dev/admission': 'enabled' };
      await applied(plane, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: TEAM, labels } });
      await plane.kubectl(['wait', '--for=create', '-n', TEAM, 'serviceaccount/default', '--timeout=30s']);
      const container = { name: 'c', image: 'busybox', resources: { requests: { cpu: '1' } } };
      await applied(plane, {
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: { name: 'train', namespace: TEAM },
        spec: {
          parallelism: 2,
          completions: 2,
          template: { spec: { restartPolicy: 'Never', containers: [container] } },
        },
      });
      await plane.kubectl(['wait', '--for=jsonpath={.status.active}=2', '-n', TEAM, 'job/train', '--timeout=30s']);
      const wait = ['wait', '-n', TEAM, '--timeout=30s', '--all'];
      await plane.kubectl([...wait, '--for=jsonpath={.status.phase}=Running', 'pods']);
      await plane.kubectl([...wait, '--for=jsonpath={.status.phase}=Running', 'podgroups.scheduling.volcano.sh']);
    });
  });
});
