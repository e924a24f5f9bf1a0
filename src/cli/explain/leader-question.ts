import { questionQuery } from '../../adapters/http/explain-exchange.ts';
import { OPERATIONS_ANNOTATION } from '../../api/keys.ts';
import { LEASES, PODS, resourcePath } from '../../api/resources.ts';
import type { ExplainQuestion } from '../../engine/cycle/explainer.ts';
import { stringAt } from '../../lib/json.ts';
import type { Explanation } from '../../scheduler/explanation/explanation.ts';
import type { ClusterAccess } from '../cluster/cluster-access.ts';
import { SetupError } from '../setup-error.ts';

const LEASE = 'sluice';
const TIMEOUT_MS = 10_000;

interface Answer {
  readonly status: number;
  readonly body: string;
}

/**
 * Asks the process that leads. Its Lease says where it is reached: in a pod through the API server's proxy, with the asker's
 * own rights, else on this machine, without any credentials.
 */
export async function askLeader(
  access: ClusterAccess,
  namespace: string,
  question: ExplainQuestion,
): Promise<Explanation> {
  const address = await leaderAddress(access, namespace);
  const path = `/explain?${questionQuery(question)}`;
  const { status, body } = isProxy(address, namespace)
    ? await throughApiServer(access, `${address}${path}`)
    : await onThisMachine(address, path);
  if (status === 200) return JSON.parse(body) as Explanation;
  throw new SetupError(`Sluice at ${address} answers ${status}: ${oneLine(body)}`);
}

async function leaderAddress({ writer }: ClusterAccess, namespace: string): Promise<string> {
  const outcome = await writer.write({
    verb: 'get',
    type: LEASES,
    namespace,
    name: LEASE,
    subresource: '',
    lane: 'decision',
    body: undefined,
  });
  const holder = outcome.kind === 'done' ? stringAt(outcome.object, ['spec', 'holderIdentity']) : '';
  const address =
    outcome.kind === 'done' ? stringAt(outcome.object, ['metadata', 'annotations', OPERATIONS_ANNOTATION]) : '';
  if (holder !== '' && address !== '') return address;
  if (outcome.kind === 'done' || outcome.kind === 'notFound') {
    throw new SetupError(`no Sluice leads: the Lease ${namespace}/${LEASE} names nobody who can be asked`);
  }
  const why = 'message' in outcome ? outcome.message : outcome.kind;
  throw new SetupError(`cannot read the Lease ${namespace}/${LEASE}, which tells where Sluice is reached: ${why}`);
}

function throughApiServer({ http }: ClusterAccess, path: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    http.send(
      { method: 'GET', path, contentType: 'application/json', body: null },
      {
        wantsBody: () => true,
        onAnswer: (status, _, body) => resolve({ status, body }),
        onFailure: (message) => reject(new SetupError(`the API server does not pass the question on: ${message}`)),
      },
      TIMEOUT_MS,
    );
  });
}

/** Whoever writes the Lease must not send the asker, and the asker's rights, elsewhere. */
function isProxy(address: string, namespace: string): boolean {
  const pods = `${resourcePath(PODS, namespace)}/`;
  const [pod = '', proxy, ...rest] = address.startsWith(pods) ? address.slice(pods.length).split('/') : [];
  return /^[\w.%-]+$/.test(pod) && proxy === 'proxy' && rest.length === 0;
}

async function onThisMachine(address: string, path: string): Promise<Answer> {
  const url = URL.parse(address);
  if (url?.protocol !== 'http:' || url.hostname !== '127.0.0.1') {
    throw new SetupError(`the Lease names ${address}, which is neither this machine nor a path of the API server`);
  }
  try {
    const response = await fetch(new URL(path, url), { signal: AbortSignal.timeout(TIMEOUT_MS) });
    return { status: response.status, body: await response.text() };
  } catch {
    throw new SetupError(`nobody answers at ${address}: Sluice runs on another machine, or not any more`);
  }
}

function oneLine(text: string): string {
  return text.trim().replaceAll(/\s+/g, ' ').slice(0, 300);
}
