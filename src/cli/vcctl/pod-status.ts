import { arrayAt, isJsonObject, member, memberAt, numberAt, objectAt, stringAt } from '../../lib/json.ts';
import type { JsonObject, JsonValue } from '../../lib/json.ts';

const NODE_LOST = 'NodeLost';

/** One word for where a pod stands, as `kubectl get pods` finds it. */
export function podStatus(pod: JsonObject): string {
  const phase = stringAt(pod, ['status', 'phase']);
  if (memberAt(pod, 'metadata', 'deletionTimestamp') !== undefined) {
    if (stringAt(pod, ['status', 'reason']) === NODE_LOST) return 'Unknown';
    if (phase !== 'Succeeded' && phase !== 'Failed') return 'Terminating';
  }
  return initStatus(pod) ?? containerStatus(pod) ?? gateStatus(pod) ?? stringAt(pod, ['status', 'reason'], phase);
}

/** Containers that are ready, of all; init containers that go on running count as well. */
export function readyContainers(pod: JsonObject): { readonly ready: number; readonly total: number } {
  const sidecars = new Set(arrayAt(pod, 'spec', 'initContainers').filter(isSidecar).map(nameOf));
  const statuses = [
    ...arrayAt(pod, 'status', 'containerStatuses'),
    ...arrayAt(pod, 'status', 'initContainerStatuses').filter((status) => sidecars.has(nameOf(status))),
  ];
  const ready = statuses.filter(
    (status) => member(status, 'ready') === true && memberAt(status, 'state', 'running') !== undefined,
  );
  return { ready: ready.length, total: arrayAt(pod, 'spec', 'containers').length + sidecars.size };
}

/** How often its containers were started again, and when the last of them ended before that; empty for never. */
export function restarts(pod: JsonObject): { readonly count: number; readonly lastEnd: string } {
  const statuses = [...arrayAt(pod, 'status', 'initContainerStatuses'), ...arrayAt(pod, 'status', 'containerStatuses')];
  const ends = statuses.map((status) => stringAt(status, ['lastState', 'terminated', 'finishedAt']));
  return {
    count: statuses.reduce<number>((sum, status) => sum + numberAt(status, ['restartCount'], 0), 0),
    lastEnd: ends.toSorted().at(-1) ?? '',
  };
}

/** What the first init container that is not over says; undefined once all are. */
function initStatus(pod: JsonObject): string | undefined {
  const statuses = arrayAt(pod, 'status', 'initContainerStatuses');
  const sidecars = new Set(arrayAt(pod, 'spec', 'initContainers').filter(isSidecar).map(nameOf));
  const at = statuses.findIndex((status) => {
    const isOver = numberAt(status, ['state', 'terminated', 'exitCode'], -1) === 0;
    return !isOver && !(sidecars.has(nameOf(status)) && member(status, 'started') === true);
  });
  if (at === -1) return undefined;
  const state = objectAt(statuses[at], 'state');
  const waits = stringAt(state, ['waiting', 'reason']);
  if (isJsonObject(member(state, 'terminated'))) return `Init:${ended(member(state, 'terminated') ?? null)}`;
  if (waits !== '' && waits !== 'PodInitializing') return `Init:${waits}`;
  return `Init:${at}/${arrayAt(pod, 'spec', 'initContainers').length}`;
}

/** What the first container that waits or has ended says; undefined while none does. */
function containerStatus(pod: JsonObject): string | undefined {
  const statuses = arrayAt(pod, 'status', 'containerStatuses');
  const words = statuses.map((status) => {
    const terminated = memberAt(status, 'state', 'terminated');
    return stringAt(status, ['state', 'waiting', 'reason'], terminated === undefined ? '' : ended(terminated));
  });
  const word = words.find((one) => one !== '');
  const isOneUp = statuses.some((status) => memberAt(status, 'state', 'running') !== undefined);
  if (word !== 'Completed' || !isOneUp) return word;
  const isReady = arrayAt(pod, 'status', 'conditions').some(
    (one) => stringAt(one, ['type']) === 'Ready' && stringAt(one, ['status']) === 'True',
  );
  return isReady ? 'Running' : 'NotReady';
}

function gateStatus(pod: JsonObject): string | undefined {
  const gated = arrayAt(pod, 'status', 'conditions').some(
    (one) => stringAt(one, ['type']) === 'PodScheduled' && stringAt(one, ['reason']) === 'SchedulingGated',
  );
  return gated ? 'SchedulingGated' : undefined;
}

function ended(terminated: JsonValue): string {
  const reason = stringAt(terminated, ['reason']);
  if (reason !== '') return reason;
  const signal = numberAt(terminated, ['signal'], 0);
  return signal === 0 ? `ExitCode:${numberAt(terminated, ['exitCode'], 0)}` : `Signal:${signal}`;
}

function isSidecar(container: JsonValue): boolean {
  return stringAt(container, ['restartPolicy']) === 'Always';
}

function nameOf(container: JsonValue): string {
  return stringAt(container, ['name']);
}
