import type { JsonObject } from '../../../src/lib/json.ts';
import type { ContainerEnd, ContainerLife } from './container-life.ts';
import type { PodLife } from './pod-life.ts';

/** What a kubelet would write of a pod now, as a strategic merge patch of its status. */
export function podStatus(life: PodLife, nowMs: number): JsonObject {
  return {
    phase: life.phase,
    conditions: conditions(life, timeText(nowMs)),
    containerStatuses: life.main.map((each) => containerStatus(each, life)),
    ...(life.init.length === 0 ? {} : { initContainerStatuses: life.init.map((each) => containerStatus(each, life)) }),
  };
}

function conditions(life: PodLife, now: string): readonly JsonObject[] {
  const { phase } = life;
  const ended = phase === 'Succeeded' ? 'PodCompleted' : phase === 'Failed' ? 'PodFailed' : undefined;
  const unready = life.main.filter((each) => each.state.kind !== 'running').map(({ plan }) => plan.name);
  const uninitialized = life.init.filter(({ end }) => end?.exitCode !== 0).map(({ plan }) => plan.name);
  const ready =
    unready.length === 0 && life.initialized
      ? { status: 'True', reason: null, message: null }
      : ended === undefined
        ? lacking('ContainersNotReady', `containers with unready status: [${unready.join(' ')}]`)
        : lacking(ended, null);
  const initialized = life.initialized
    ? { status: 'True', reason: phase === 'Succeeded' ? 'PodCompleted' : null, message: null }
    : lacking('ContainersNotInitialized', `containers with incomplete status: [${uninitialized.join(' ')}]`);
  return [
    { type: 'Initialized', ...initialized, lastTransitionTime: now },
    { type: 'ContainersReady', ...ready, lastTransitionTime: now },
    { type: 'Ready', ...ready, lastTransitionTime: now },
  ];
}

function lacking(reason: string, message: string | null): JsonObject {
  return { status: 'False', reason, message };
}

function containerStatus(container: ContainerLife, pod: PodLife): JsonObject {
  const { plan, state, before, restarts } = container;
  const runs = state.kind === 'running';
  const isDoneInit = pod.init.includes(container) && !plan.sidecar && container.end?.exitCode === 0;
  return {
    name: plan.name,
    image: plan.image,
    imageID: '',
    ready: runs || isDoneInit,
    started: runs,
    restartCount: restarts,
    state: stateOf(container, pod),
    ...(before === undefined ? {} : { lastState: { terminated: terminated(before) } }),
  };
}

function stateOf({ plan, state }: ContainerLife, { plan: pod, initialized }: PodLife): JsonObject {
  if (state.kind === 'running') return { running: { startedAt: timeText(state.sinceMs) } };
  if (state.kind === 'ended') return { terminated: terminated(state) };
  if (state.backOffSeconds === 0) return { waiting: { reason: initialized ? 'ContainerCreating' : 'PodInitializing' } };
  const which = `container=${plan.name} pod=${pod.name}_${pod.namespace}(${pod.uid})`;
  const message = `back-off ${state.backOffSeconds}s restarting failed ${which}`;
  return { waiting: { reason: 'CrashLoopBackOff', message } };
}

function terminated({ exitCode, reason, sinceMs, atMs }: ContainerEnd): JsonObject {
  return { exitCode, reason, startedAt: timeText(sinceMs), finishedAt: timeText(atMs) };
}

// The API server keeps whole seconds.
function timeText(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19)}Z`;
}
