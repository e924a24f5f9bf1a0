import { join } from 'node:path';
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
  return clientCommand(lab, join(await environment(), 'bin/torchx'), args);
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

const SIZE = ['--image', 'none', '--cpu', '1', '--memMB', '64'];

describeClient({
  name: 'TorchX 0.7.0, whose applications on Kubernetes are Jobs of Volcano',
  release: 'volcano',
  install: environment,
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
