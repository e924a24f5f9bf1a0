import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'yaml';
import { arrayAt, memberAt, stringAt } from '../../../src/lib/json.ts';
import { KubeClient } from '../kube-client.ts';
import { serveLogs } from './log-server.ts';
import { PodActor } from './pod-actor.ts';

const PODS = '/api/v1/pods';
const ON_NODES = `fieldSelector=${encodeURIComponent('spec.nodeName!=')}`;
const AGAIN_MS = 200;

// It lives as long as its control plane: its guardian ends it.
const [, , kubeconfig = '', logPort = '', certDir = ''] = process.argv;
const client = await clientOf(kubeconfig);
await serveLogs(client, Number(logPort), certDir);
const actor = new PodActor(client);
for (;;) {
  await follow().catch((error: unknown) => console.error(error));
  await sleep(AGAIN_MS);
}

/** Lists the pods on nodes and watches them until the watch cannot be taken up where it ended. */
async function follow(): Promise<void> {
  const { body } = await client.request('GET', `${PODS}?${ON_NODES}`);
  for (const pod of arrayAt(body, 'items')) actor.take('ADDED', pod);
  let version = stringAt(body, ['metadata', 'resourceVersion']);
  console.log('acting out the containers of all pods');
  for (;;) {
    const query = `${ON_NODES}&watch=true&allowWatchBookmarks=true&resourceVersion=${version}`;
    for await (const line of client.lines(`${PODS}?${query}`)) {
      const event: unknown = JSON.parse(line);
      const change = stringAt(event, ['type']);
      const pod = memberAt(event, 'object');
      if (change === '' || change === 'ERROR') throw new Error(line);
      if (change !== 'BOOKMARK') actor.take(change, pod);
      version = stringAt(pod, ['metadata', 'resourceVersion']);
    }
  }
}

async function clientOf(kubeconfig: string): Promise<KubeClient> {
  const document: unknown = parse(await readFile(kubeconfig, 'utf8'));
  const [cluster] = arrayAt(document, 'clusters');
  const [user] = arrayAt(document, 'users');
  const ca = stringAt(cluster, ['cluster', 'certificate-authority-data']);
  return new KubeClient({
    url: stringAt(cluster, ['cluster', 'server']),
    caPem: Buffer.from(ca, 'base64').toString(),
    token: stringAt(user, ['user', 'token']),
  });
}
