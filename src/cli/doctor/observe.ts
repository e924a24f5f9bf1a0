import type { KubeHttp } from '../../adapters/kube/connect/http-client.ts';
import { askRelease, createDiscovery } from '../../adapters/kube/read/discovery.ts';
import { SUBMITTER_SECRET } from '../../api/access.ts';
import { customResourceDefinition } from '../../api/kinds/crd.ts';
import { KINDS } from '../../api/kinds/kinds.ts';
import { apiVersion, CRDS, DEPLOYMENTS, LEASES, NAMESPACES, NODES, QUEUES, SECRETS } from '../../api/resources.ts';
import type { ResourceType } from '../../api/resources.ts';
import { VOLCANO_NAMESPACE } from '../../api/volcano-release.ts';
import { askServerTime } from '../../engine/certificates/server-clock.ts';
import type { Clock, ClusterWriter } from '../../engine/ports.ts';
import { stringAt } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import { CONFIGURATION_NAME } from '../../../webhooks/configurations.ts';
import type { ConfigurationFact, Facts, Read, TrialFact } from './facts.ts';
import { Look, unread, whyOf } from '../cluster/look.ts';
import { observeInstallation } from './observe-installation.ts';
import { observeServed } from './observe-served.ts';

/** Reads everything that a diagnosis needs; changes nothing. */
export async function observe(
  { server, namespace }: Pick<Facts, 'server' | 'namespace'>,
  { writer, http, clock }: { readonly writer: ClusterWriter; readonly http: KubeHttp; readonly clock: Clock },
): Promise<Facts> {
  const look = new Look(writer);
  const list = (type: ResourceType, inNamespace = ''): Promise<Read<readonly JsonObject[]>> =>
    look.list(type, inNamespace);
  const configurations = await look.configurations();
  const time = await askServerTime(writer, clock);
  const [
    release,
    groupVersions,
    definitions,
    served,
    installation,
    trial,
    lease,
    submitterKeys,
    volcano,
    namespaces,
    nodes,
    queues,
  ] = await Promise.all([
    askRelease(http),
    createDiscovery(http).groupVersions(),
    list(CRDS),
    observeServed(look, ownOf(configurations), namespace),
    observeInstallation(look, configurations),
    observeTrial(look),
    look.object(LEASES, 'sluice', namespace),
    look.object(SECRETS, SUBMITTER_SECRET, namespace),
    list(DEPLOYMENTS, VOLCANO_NAMESPACE),
    list(NAMESPACES),
    list(NODES),
    list(QUEUES),
  ]);
  return {
    server,
    namespace,
    ...time,
    release: asRead(release, 'its version'),
    groupVersions: asRead(groupVersions, 'what it serves'),
    definitions:
      definitions.kind === 'read' ? { kind: 'read', value: definitionFacts(definitions.value) } : definitions,
    configurations,
    ...served,
    installation,
    trial,
    lease,
    submitterKeys,
    volcano,
    namespaces,
    nodes,
    queues,
  };
}

function asRead<T>(answer: T | undefined, what: string): Read<T> {
  return answer === undefined
    ? { kind: 'unread', why: `the API server does not tell ${what}` }
    : { kind: 'read', value: answer };
}

function definitionFacts(
  found: readonly JsonObject[],
): readonly { name: string; wanted: JsonObject; found: JsonObject | undefined }[] {
  return KINDS.map((kind) => {
    const wanted = customResourceDefinition(kind);
    const name = stringAt(wanted, ['metadata', 'name']);
    return { name, wanted, found: found.find((one) => stringAt(one, ['metadata', 'name']) === name) };
  });
}

function ownOf(configurations: Read<readonly ConfigurationFact[]>): JsonObject | undefined {
  const all = configurations.kind === 'read' ? configurations.value : [];
  return all.find(({ object }) => stringAt(object, ['metadata', 'name']) === CONFIGURATION_NAME)?.object;
}

/** The API server has to ask Sluice about every queue; a dry run stores nothing. */
async function observeTrial(look: Look): Promise<Read<TrialFact>> {
  const body = {
    apiVersion: apiVersion(QUEUES),
    kind: QUEUES.kind,
    metadata: { generateName: 'sluice-doctor-' },
    spec: { weight: 1 },
  };
  const outcome = await look.send({ verb: 'create', type: QUEUES, namespace: '', name: '', body, isTrial: true });
  if (outcome.kind === 'done') return { kind: 'read', value: { kind: 'admitted' } };
  if (outcome.kind === 'refused' && outcome.code === FORBIDDEN) return unread(outcome);
  if (outcome.kind === 'notFound') return { kind: 'unread', why: 'queues are not installed' };
  return { kind: 'read', value: { kind: 'refused', message: whyOf(outcome) } };
}

const FORBIDDEN = 403;
