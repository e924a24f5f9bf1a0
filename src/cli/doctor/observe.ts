import { customResourceDefinition } from '../../api/crd.ts';
import { KINDS } from '../../api/kinds.ts';
import {
  apiVersion,
  CRDS,
  DEPLOYMENTS,
  LEASES,
  MUTATING_WEBHOOKS,
  NAMESPACES,
  NODES,
  QUEUES,
  SECRETS,
  VALIDATING_WEBHOOKS,
} from '../../api/resources.ts';
import type { ResourceType } from '../../api/resources.ts';
import { VOLCANO_NAMESPACE } from '../../api/volcano-release.ts';
import { SERVING_SECRET } from '../../engine/certificates/serving-secret.ts';
import { askServerTime } from '../../engine/certificates/server-clock.ts';
import type { Clock, ClusterWriter, WriteOutcome, WriteRequest } from '../../engine/ports.ts';
import { arrayAt, isJsonObject, stringAt } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import { CONFIGURATION_NAME } from '../../../webhooks/configurations.ts';
import type { ConfigurationFact, Facts, Read, TrialFact } from './facts.ts';
import { servedCertificate } from './served-certificate.ts';

/** Reads everything that a diagnosis needs; changes nothing. */
export async function observe(
  { server, namespace }: Pick<Facts, 'server' | 'namespace'>,
  writer: ClusterWriter,
  clock: Clock,
): Promise<Facts> {
  const look = new Look(writer);
  const list = (type: ResourceType, inNamespace = ''): Promise<Read<readonly JsonObject[]>> =>
    look.list(type, inNamespace);
  const configurations = await look.configurations();
  const time = await askServerTime(writer, clock);
  const [definitions, served, trial, lease, volcano, namespaces, nodes, queues] = await Promise.all([
    list(CRDS),
    look.served(configurations, namespace),
    look.trial(),
    look.object(LEASES, 'sluice', namespace),
    list(DEPLOYMENTS, VOLCANO_NAMESPACE),
    list(NAMESPACES),
    list(NODES),
    list(QUEUES),
  ]);
  return {
    server,
    namespace,
    ...time,
    definitions:
      definitions.kind === 'read' ? { kind: 'read', value: definitionFacts(definitions.value) } : definitions,
    configurations,
    served,
    trial,
    lease,
    volcano,
    namespaces,
    nodes,
    queues,
  };
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

class Look {
  readonly #writer: ClusterWriter;

  constructor(writer: ClusterWriter) {
    this.#writer = writer;
  }

  async list(type: ResourceType, namespace = ''): Promise<Read<readonly JsonObject[]>> {
    const outcome = await this.#send({ verb: 'get', type, namespace, name: '' });
    if (outcome.kind === 'done') return { kind: 'read', value: arrayAt(outcome.object, 'items').filter(isJsonObject) };
    return outcome.kind === 'notFound' ? { kind: 'read', value: [] } : unread(outcome);
  }

  async object(type: ResourceType, name: string, namespace: string): Promise<Read<JsonObject | undefined>> {
    const outcome = await this.#send({ verb: 'get', type, namespace, name });
    if (outcome.kind === 'done') return { kind: 'read', value: outcome.object };
    return outcome.kind === 'notFound' ? { kind: 'read', value: undefined } : unread(outcome);
  }

  async configurations(): Promise<Read<readonly ConfigurationFact[]>> {
    const all: ConfigurationFact[] = [];
    for (const type of [MUTATING_WEBHOOKS, VALIDATING_WEBHOOKS]) {
      const read = await this.list(type);
      if (read.kind === 'unread') return read;
      all.push(...read.value.map((object) => ({ kind: type.kind, object })));
    }
    return { kind: 'read', value: all };
  }

  /** By URL from the server itself; behind a Service only the Secret can be seen from everywhere. */
  async served(configurations: Read<readonly ConfigurationFact[]>, namespace: string): Promise<Read<string>> {
    const all = configurations.kind === 'read' ? configurations.value : [];
    const own = all.find(({ object }) => stringAt(object, ['metadata', 'name']) === CONFIGURATION_NAME);
    const url = stringAt(arrayAt(own?.object, 'webhooks')[0], ['clientConfig', 'url']);
    if (url !== '') return servedCertificate(url);
    const read = await this.object(SECRETS, SERVING_SECRET, namespace);
    if (read.kind === 'unread') return read;
    const pem = Buffer.from(stringAt(read.value, ['data', 'tls.crt']), 'base64').toString();
    return pem === ''
      ? { kind: 'unread', why: `Secret ${SERVING_SECRET} of ${namespace} holds no certificate` }
      : { kind: 'read', value: pem };
  }

  /** The API server has to ask Sluice about every queue; a dry run stores nothing. */
  async trial(): Promise<Read<TrialFact>> {
    const body = {
      apiVersion: apiVersion(QUEUES),
      kind: QUEUES.kind,
      metadata: { generateName: 'sluice-doctor-' },
      spec: { weight: 1 },
    };
    const outcome = await this.#send({ verb: 'create', type: QUEUES, namespace: '', name: '', body, isTrial: true });
    if (outcome.kind === 'done') return { kind: 'read', value: { kind: 'admitted' } };
    if (outcome.kind === 'refused' && outcome.code === FORBIDDEN) return unread(outcome);
    if (outcome.kind === 'notFound') return { kind: 'unread', why: 'queues are not installed' };
    return { kind: 'read', value: { kind: 'refused', message: whyOf(outcome) } };
  }

  #send(
    request: Pick<WriteRequest, 'verb' | 'type' | 'namespace' | 'name'> & Partial<WriteRequest>,
  ): Promise<WriteOutcome> {
    return this.#writer.write({ subresource: '', body: undefined, lane: 'decision', ...request });
  }
}

const FORBIDDEN = 403;

function unread(outcome: WriteOutcome): { readonly kind: 'unread'; readonly why: string } {
  return { kind: 'unread', why: whyOf(outcome) };
}

function whyOf(outcome: WriteOutcome): string {
  return 'message' in outcome ? outcome.message : outcome.kind;
}
