import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { clientCommand } from './support/client-command.ts';
import { describeClient } from './support/describe-client.ts';
import type { Lab } from './support/lab.ts';
import { pythonEnvironment } from './support/python-environment.ts';
import type { ExpectedGroup, Place, Trial } from './support/trial.ts';

const PACKAGES = ['torchx[kubernetes]==0.7.0'];
const environment = (): Promise<string> => pythonEnvironment('torchx-0.7.0', PACKAGES);

/** What TorchX called its applications, by namespace. */
const applications = new Map<string, string>();

async function torchx(lab: Lab, ...args: readonly string[]): Promise<string> {
  return clientCommand(lab, join(await environment(), 'bin/torchx'), args, { KUBECONFIG: await kubeconfigOf(lab) });
}

/** `torchx list` reads the namespace of the kubeconfig's context, and fails where that names none. */
async function kubeconfigOf(lab: Lab): Promise<string> {
  const path = join(lab.guardian.dir, 'torchx-kubeconfig');
  await copyFile(lab.plane.kubeconfigPath, path);
  await lab.kubectl(['--kubeconfig', path, 'config', 'set-context', '--current', '--namespace', NAMESPACE]);
  return path;
}

async function run(lab: Lab, { namespace, queue }: Place, component: readonly string[]): Promise<void> {
  const options = ['-s', 'kubernetes', '-cfg', `queue=${queue},namespace=${namespace}`, '--workspace', ''];
  const said = await torchx(lab, 'run', ...options, ...component);
  const [handle] = /kubernetes:\/\/\S+/.exec(said) ?? [];
  if (handle === undefined) throw new Error(`torchx run names no application: ${said}`);
  applications.set(namespace, handle);
}

function application({ namespace }: { readonly namespace: string }): string {
  return applications.get(namespace) ?? '';
}

function trial(client: string, component: readonly string[], groups: readonly ExpectedGroup[]): Trial {
  return {
    client,
    cpus: 4,
    podsAfterGroup: true,
    groups,
    changes: [],
    submit: (lab, place) => run(lab, place, component),
    remove: async (lab, place) => void (await torchx(lab, 'cancel', application(place))),
  };
}

/** Runs a script in one container, and gives what `status` and `list` say once it is in that state. */
async function ranInto(lab: Lab, script: readonly string[], state: string): Promise<void> {
  const sized = ['--image', 'busybox', '--cpu', '1', '--memMB', '64'];
  await run(lab, { namespace: NAMESPACE, queue: 'default' }, ['utils.sh', ...sized, ...script]);
  const handle = application({ namespace: NAMESPACE });
  await expectSoon(() => torchx(lab, 'status', handle), new RegExp(`State: ${state}`));
  const [, name = ''] = /:([^:]+)$/.exec(handle) ?? [];
  expect(await torchx(lab, 'list', '-s', 'kubernetes')).to.match(new RegExp(`${name}\\s+${state}`));
}

/** TorchX cannot watch, so it is asked again and again. */
async function expectSoon(asked: () => Promise<string>, pattern: RegExp): Promise<void> {
  const until = performance.now() + PATIENCE_MS;
  let said = await asked();
  while (!pattern.test(said) && performance.now() < until) said = await asked();
  expect(said).to.match(pattern);
}

const NAMESPACE = 'torchx-uses';
const PATIENCE_MS = 60_000;
const SIZE = ['--image', 'none', '--cpu', '1', '--memMB', '64'];

describeClient({
  name: 'TorchX 0.7.0, whose applications on Kubernetes are Jobs of Volcano',
  release: 'volcano',
  install: environment,
  prepare: async (lab) => void (await lab.kubectl(['create', 'namespace', NAMESPACE])),
  uses: {
    'an application that ends has succeeded': (lab) => ranInto(lab, ['true'], 'SUCCEEDED'),
    'an application whose script fails has failed': (lab) => ranInto(lab, ['false'], 'FAILED'),
    'what an application prints is in its log, and its description names its part': async (lab) => {
      await ranInto(lab, ['echo', 'said by the application'], 'SUCCEEDED');
      const handle = application({ namespace: NAMESPACE });
      expect(await torchx(lab, 'log', handle)).to.include('said by the application');
      expect(await torchx(lab, 'describe', handle)).to.match(/['"]?name['"]?[:=] ?['"]sh['"]/);
    },
    'an application that runs on can be cancelled': async (lab) => {
      await ranInto(lab, ['sleep', '36000'], 'RUNNING');
      const handle = application({ namespace: NAMESPACE });
      await torchx(lab, 'cancel', handle);
      const [, name = ''] = /:([^:]+)$/.exec(handle) ?? [];
      await expectSoon(() => torchx(lab, 'list', '-s', 'kubernetes'), new RegExp(`^(?![^]*${name})`));
    },
  },
  trials: [
    trial(
      'TorchX',
      ['utils.sh', ...SIZE, '--num_replicas', '3', 'sleep', '36000'],
      [{ minima: { 'sh-0': 1, 'sh-1': 1, 'sh-2': 1 }, pods: { 'sh-0': 1, 'sh-1': 1, 'sh-2': 1 } }],
    ),
    trial(
      'TorchX, elastic',
      ['dist.ddp', ...SIZE, '-j', '2:3x1', '--name', '/train', '-m', 'train'],
      [{ minima: { 'train-0': 1, 'train-1': 1 }, pods: { 'train-0': 1, 'train-1': 1, 'train-2': 1 } }],
    ),
  ],
});
