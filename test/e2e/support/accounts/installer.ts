// Installs what stands around Sluice's pods, as the manifests have it, and gives its accounts kubeconfigs: argument is an `Installation`.
import { dirname } from 'node:path';
import { apiVersion, ENDPOINT_SLICES } from '../../../../src/api/resources.ts';
import { customResourceDefinition } from '../../../../src/api/kinds/crd.ts';
import { KINDS } from '../../../../src/api/kinds/kinds.ts';
import { volcanoRelease } from '../../../../src/api/volcano-release.ts';
import { stringAt } from '../../../../src/lib/json.ts';
import type { JsonObject } from '../../../../src/lib/json.ts';
import { fixedSettings } from '../../../../tools/deploy/chosen.ts';
import { rights, surroundings } from '../../../../tools/deploy/installation.ts';
import { SERVICE } from '../../../../tools/deploy/settings.ts';
import { defaultsOf, plain } from '../../../../tools/deploy/value-defaults.ts';
import { VALUES } from '../../../../tools/deploy/values.ts';
import { ensureBinaries } from '../../../control-plane/build.ts';
import { binaryPath } from '../../../control-plane/binary.ts';
import { runKubectl } from '../../../control-plane/kubectl.ts';
import { ownAddress } from '../deploy/own-address.ts';
import { writeAccountKubeconfigs } from './account-kubeconfigs.ts';
import type { Installation } from './installation.ts';

/** What needs no API server to be there, or would be in the way of who is not a pod. */
const LEFT_OUT = new Set(['PodDisruptionBudget', 'NetworkPolicy', 'FlowSchema', 'PriorityLevelConfiguration']);

async function main({ kubeconfig, namespace, release, webhookPort }: Installation): Promise<void> {
  const values = defaultsOf(plain(VALUES));
  const settings = { ...fixedSettings(values, 'test'), namespace, volcano: release };
  const objects = [...surroundings(settings), ...rights(settings)]
    .map(({ object }) => object)
    .filter((object) => !LEFT_OUT.has(stringAt(object, ['kind'])))
    .map((object) => (stringAt(object, ['kind']) === 'Service' ? withoutSelector(object) : object));
  const kinds = KINDS.map((kind) => customResourceDefinition(kind));
  const kubectl = await kubectlOf(kubeconfig);
  const apply = (items: readonly JsonObject[]): Promise<string> =>
    kubectl(
      ['apply', '--server-side', '--force-conflicts', '-f', '-'],
      JSON.stringify({ apiVersion: 'v1', kind: 'List', items }),
    );
  await apply(objects.filter((object) => stringAt(object, ['kind']) === 'Namespace'));
  await apply([...objects, ...kinds]);
  await kubectl(['wait', '--for=condition=Established', 'crd', '--all', '--timeout=60s']);
  const service = release === undefined ? SERVICE : volcanoRelease(release).admissionService;
  await apply([
    ...(release === undefined ? [] : [serviceFor(service, namespace)]),
    endpointsOf(service, namespace, webhookPort),
  ]);
  await writeAccountKubeconfigs(kubeconfig, namespace, kubectl);
}

/** Its endpoints are those that we write, and not pods. */
function withoutSelector(service: JsonObject): JsonObject {
  const { selector: _pods, ...spec } = service['spec'] as JsonObject;
  return { ...service, spec };
}

function serviceFor(name: string, namespace: string): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace },
    spec: { ports: [{ name: 'webhook', port: 443, targetPort: 8443, protocol: 'TCP' }] },
  };
}

function endpointsOf(service: string, namespace: string, port: number): JsonObject {
  return {
    apiVersion: apiVersion(ENDPOINT_SLICES),
    kind: ENDPOINT_SLICES.kind,
    metadata: { name: `${service}-here`, namespace, labels: { 'kubernetes.io/service-name': service } },
    addressType: 'IPv4',
    endpoints: [{ addresses: [ownAddress()], conditions: { ready: true } }],
    ports: [{ name: 'webhook', port, protocol: 'TCP' }],
  };
}

async function kubectlOf(kubeconfig: string): Promise<(args: readonly string[], input?: string) => Promise<string>> {
  const file = binaryPath(await ensureBinaries(['kubectl']), 'kubectl');
  return async (args, input) => {
    const { code, stdout, stderr } = await runKubectl(file, kubeconfig, dirname(kubeconfig), args, input);
    if (code !== 0) throw new Error(stderr);
    return stdout;
  };
}

await main(JSON.parse(process.argv[2] ?? '') as Installation);
