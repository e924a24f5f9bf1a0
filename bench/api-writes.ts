import type { ControlPlane } from '../test/control-plane/launch.ts';
/** Requests that changed something, by what they did, as the API server counts them. */
export type WriteCounts = ReadonlyMap<string, number>;

const WRITE_VERBS: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH', 'APPLY', 'DELETE', 'DELETECOLLECTION']);
const LINE = /^apiserver_request_total\{(.*)\} (\S+)$/gm;

/** Reads `apiserver_request_total` from the server's metrics; keys such as `POST pods/binding`. */
export function parseWriteCounts(metrics: string): WriteCounts {
  const counts = new Map<string, number>();
  for (const [, labels = '', value = '0'] of metrics.matchAll(LINE)) {
    const verb = label(labels, 'verb');
    if (!WRITE_VERBS.has(verb)) continue;
    const subresource = label(labels, 'subresource');
    const key = `${verb} ${label(labels, 'resource')}${subresource === '' ? '' : `/${subresource}`}`;
    counts.set(key, (counts.get(key) ?? 0) + Number(value));
  }
  return counts;
}

function label(labels: string, name: string): string {
  return new RegExp(`(?:^|,)${name}="([^"]*)"`).exec(labels)?.[1] ?? '';
}

/** Writes between two readings for each pod, by kind; what is not named belongs to `other`. */
export function writesPerPod(before: WriteCounts, after: WriteCounts, pods: number): Readonly<Record<string, number>> {
  const groups: Record<string, number> = {
    podCreate: 0,
    podBinding: 0,
    podStatus: 0,
    event: 0,
    podGroup: 0,
    lease: 0,
    other: 0,
    total: 0,
  };
  for (const [key, count] of after) {
    const made = count - (before.get(key) ?? 0);
    if (made === 0) continue;
    const group = groupOf(key);
    groups[group] = (groups[group] ?? 0) + made;
    // Nodes renew their leases at the same pace for everybody: time's cost, not a pod's.
    if (group !== 'lease') groups['total'] = (groups['total'] ?? 0) + made;
  }
  return Object.fromEntries(
    Object.entries(groups).map(([name, count]) => [name, Math.round((count / pods) * 1000) / 1000]),
  );
}

function groupOf(key: string): string {
  if (key === 'POST pods') return 'podCreate';
  if (key === 'POST pods/binding') return 'podBinding';
  const [, resource = ''] = key.split(' ');
  if (resource === 'pods/status') return 'podStatus';
  if (resource === 'events') return 'event';
  if (resource.startsWith('podgroups')) return 'podGroup';
  return resource === 'leases' ? 'lease' : 'other';
}

/** What the API server has been asked to write so far. */
export async function writeCounts(plane: ControlPlane): Promise<WriteCounts> {
  const { status, body } = await plane.client.request('GET', '/metrics');
  if (status !== 200 || typeof body !== 'string')
    throw new Error(`the API server's metrics were answered with ${status}`);
  return parseWriteCounts(body);
}
