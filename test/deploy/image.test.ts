import { expect } from 'chai';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '../../tools/run-node.ts';
import { installOrSkip } from '../clients/support/no-answer.ts';
import { startControlPlane } from '../control-plane/launch.ts';
import type { ControlPlane } from '../control-plane/launch.ts';
import { ActedInstallation } from '../e2e/support/deploy/acted-installation.ts';
import { untilServed } from '../e2e/support/deploy/served.ts';
import { applied, inNamespace, job, optedInNamespace } from '../e2e/support/manifest.ts';
import { readContainerfile, sourceFiles, wordsOf } from './support/containerfile.ts';
import { buildRoot, enclosed, whyNoRoot } from './support/root-folder.ts';
import type { EnclosedRoot } from './support/root-folder.ts';

const run = promisify(execFile);
const TEAM = 'team-a';
const TOKEN_FOLDER = '/var/run/secrets/kubernetes.io/serviceaccount';

describe('the content of the image, in a root of its own', function () {
  this.timeout(600_000);
  let root: EnclosedRoot;
  let program: readonly string[];

  before(async function () {
    const why = await whyNoRoot();
    if (why !== undefined) {
      console.log(`      not tried here: ${why}`);
      this.skip();
    }
    await installOrSkip(this, async () => {
      const file = await readContainerfile(await sourceFiles());
      const [user = ''] = wordsOf(file.stages.at(-1), 'USER');
      program = wordsOf(file.stages.at(-1), 'ENTRYPOINT');
      root = { folder: await mkdtemp(join(tmpdir(), 'sluice-root-')), user };
      await run('chmod', ['755', root.folder]);
      await buildRoot(root.folder, [TOKEN_FOLDER], file);
    });
  });

  after(async () => {
    if (root !== undefined) await rm(root.folder, { recursive: true, force: true });
  });

  async function inside(words: readonly string[]): Promise<string> {
    const [file = '', ...args] = enclosed(root, words, []);
    const { stdout } = await run(file, args, { env: { PATH: process.env['PATH'] } });
    return stdout.trim();
  }

  it('tells its version to a user that is not root', async () => {
    const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { readonly version: string };
    expect(await inside([...program, '--version'])).to.equal(version);
    expect(await inside(['node', '-p', 'process.getuid()'])).to.equal('65532');
  });

  it('cannot write to its root', async () => {
    const write = "require('fs').writeFileSync('/opt/sluice/x', '')";
    expect(await inside(['node', '-e', write]).catch(String)).to.include('EROFS');
  });

  it('serves as the Deployment starts it, and places a gang', async () => {
    const plane: ControlPlane = await startControlPlane({
      extraArgs: { 'kube-apiserver': ['--enable-aggregator-routing=true'] },
    });
    let acted: ActedInstallation | undefined;
    try {
      const [node = ''] = await plane.applyNodes([{ count: 1, cpu: '4', memory: '8Gi', gpus: 0 }]);
      await plane.kubectl(['apply', '--server-side', '-f', join(ROOT, 'manifests/install.yaml')]);
      const image = ['/opt/sluice', root.folder] as const;
      acted = await ActedInstallation.start({
        plane,
        node,
        image,
        enclose: (words, mounts) => enclosed(root, words, mounts),
      });
      await untilServed(plane);
      await applied(plane, optedInNamespace(TEAM));
      await applied(plane, inNamespace(TEAM, job('first', 2)));
      await plane.kubectl(['wait', '-n', TEAM, '--for=jsonpath={.status.active}=2', 'job/first', '--timeout=60s']);
      const running = ['--for=jsonpath={.status.phase}=Running', '--all', 'podgroups.scheduling.volcano.sh'];
      const { code, stderr } = await plane.kubectl(['wait', '-n', TEAM, '--timeout=60s', ...running]);
      expect(code, `${stderr}${acted.log()}`).to.equal(0);
    } finally {
      await acted?.stop();
      await plane.stop();
    }
  });
});
