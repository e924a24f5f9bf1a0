import type { DeviceClaimRecord, DeviceRequestRecord, PodDeviceClaim } from '../../src/api/records/device-records.ts';
import type { PodGroupRecord } from '../../src/api/records/pod-group-record.ts';
import type { QueueRecord } from '../../src/api/records/queue-record.ts';
import { podWith } from '../../src/api/records/stored-pod.ts';
import { DEFAULT_POLICY } from '../../src/config/policy.ts';
import type { SchedulerPolicy } from '../../src/config/policy.ts';
import { makeDevice, makeDeviceClaim, makeDeviceClass, makeRequest, makeSlice } from './device-records.ts';
import { makePod, makeShape } from './records.ts';
import { amounts, GPU, SchedulerWorld } from './scheduler-world.ts';
import type { Outcome } from './scheduler-world.ts';

export const DEVICES = 'gpu.deviceclass.resource.k8s.io/devices';

/** Nodes `n1` and so on with so many devices each, which are of both classes. */
export function worldOf(devices: readonly number[], policy: SchedulerPolicy = DEFAULT_POLICY): SchedulerWorld {
  const world = new SchedulerWorld(policy);
  const { facts } = world.snapshot.claims;
  devices.forEach((count, at) => {
    const node = `n${at + 1}`;
    world.node(node, amounts(64));
    const all = Array.from({ length: count }, (_, i) => makeDevice(`d${i}`));
    facts.slices.set(node, makeSlice(node, all, { name: node }));
  });
  facts.classes.set('gpu', { ...makeDeviceClass('gpu'), extendedResourceName: GPU });
  facts.classes.set('tpu', makeDeviceClass('tpu'));
  return world;
}

export const limited = (
  limits: Readonly<Record<string, number>>,
  more: Partial<QueueRecord> = {},
): Partial<QueueRecord> => ({
  capability: new Map(Object.entries(limits)),
  ...more,
});

interface Claims {
  readonly request?: DeviceRequestRecord;
  /** Keys of claims, in place of one of its own for each pod. */
  readonly shared?: readonly string[];
  /** Beside them: a pod that shares claims has one of its own as well. */
  readonly hasBoth?: boolean;
}

/** A group of pods with a claim of their own each, or all with the same ones. */
export function gang(
  world: SchedulerWorld,
  name: string,
  pods: number,
  {
    request = makeRequest('r'),
    shared = [],
    hasBoth = false,
    queue = 'q',
    ...overrides
  }: Claims & Partial<PodGroupRecord> = {},
): void {
  world.group(name, pods, { queue, ...overrides });
  for (let at = 0; at < pods; at += 1) join(world, name, at, { request, shared, hasBoth });
}

/** One more pod of the group, with that number. */
export function join(
  world: SchedulerWorld,
  group: string,
  at: number,
  { request = makeRequest('r'), shared = [], hasBoth = false }: Claims = {},
): void {
  const name = `${group}-${at}`;
  const podUid = `uid-${name}`;
  const key = claim(world, name, request, { ownerUid: podUid });
  const own: PodDeviceClaim = { key, podUid, isMade: true };
  const others = shared.map((one): PodDeviceClaim => ({ key: one, podUid: '', isMade: true }));
  const deviceClaims = [...others, ...(shared.length === 0 || hasBoth ? [own] : [])];
  world.snapshot.upsertTask(makePod(name, group, makeShape(amounts(1)), { deviceClaims }));
}

export function claim(
  world: SchedulerWorld,
  name: string,
  request: DeviceRequestRecord = makeRequest('r'),
  more: Partial<DeviceClaimRecord> = {},
): string {
  const made = makeDeviceClaim(name, [request], more);
  world.snapshot.claims.facts.claims.set(made.key, made);
  return made.key;
}

/** A cycle, and whoever is placed runs there: its claims have their devices. */
export function run(world: SchedulerWorld): Outcome {
  const outcome = world.cycle();
  const { claims } = world.snapshot;
  for (const [name, nodeName] of Object.entries(outcome.placed)) {
    const task = world.snapshot.tasks.get(`uid-${name}`);
    if (task === undefined) continue;
    for (const { claim: key, allocation } of claims.choicesOf(task)) {
      const known = claims.facts.claims.get(key);
      if (known !== undefined) claims.facts.claims.set(key, { ...known, allocation });
    }
    for (const { key } of task.record.deviceClaims) {
      const known = claims.facts.claims.get(key);
      const reservedFor = [...(known?.reservedFor ?? []), task.uid];
      if (known !== undefined) claims.facts.claims.set(key, { ...known, reservedFor });
    }
    world.snapshot.upsertTask(podWith(task.record, { nodeName, phase: 'Running' }));
  }
  return outcome;
}

export function evicted(world: SchedulerWorld): readonly string[] {
  return world.cycle().decisions.flatMap((decision) => (decision.kind === 'evict' ? [decision.pod] : []));
}

export function held(world: SchedulerWorld, queue: string, name: string): number {
  return world.snapshot.queues.get(queue)?.heldWithin(world.snapshot.resources.intern(name)) ?? NaN;
}
