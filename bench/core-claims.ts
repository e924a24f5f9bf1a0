import { deviceSelector } from '../src/api/devices/device-selector.ts';
import { DEFAULT_POLICY } from '../src/config/policy.ts';
import { Snapshot } from '../src/scheduler/ledger/snapshot.ts';
import { Scheduler } from '../src/scheduler/scheduler.ts';
import {
  makeDevice,
  makeDeviceClaim,
  makeDeviceClass,
  makeRequest,
  makeSlice,
} from '../test/support/device-records.ts';
import { makeNode, makePod, makePodGroup, makeQueue, makeShape } from '../test/support/records.ts';
import { median, rounded } from './figures.ts';
import type { Figures } from './figures.ts';
import { stopwatch } from './stopwatch.ts';
import type { Took } from './stopwatch.ts';

/** Nodes of eight devices each, beside as many without any, and gangs whose pods have a claim of their own. */
export interface ClaimsSettings {
  /** With devices. */
  readonly nodes: number;
  readonly runs: number;
}

export const CORE_CLAIMS: ClaimsSettings = { nodes: 512, runs: 9 };

const DEVICES = 8;
const CPUS = 64;
const DRIVER = 'gpu.example.com';
const SELECTOR = `device.driver == '${DRIVER}' && device.attributes['${DRIVER}'].model.startsWith('H')`;

/**
 * The cycle of a gang whose pods take all devices of a node each, of one whose pods take one device each, and of one more that
 * finds no device left.
 */
export function benchClaims({ nodes, runs }: ClaimsSettings): Figures {
  const rounds = Array.from({ length: runs }, () => ({
    whole: timeGang(nodes, nodes, DEVICES),
    single: timeGang(nodes, nodes * DEVICES, 1),
  }));
  return {
    wholeNode: figuresOf(rounds.map(({ whole }) => whole.placed)),
    oneDevice: figuresOf(rounds.map(({ single }) => single.placed)),
    refused: figuresOf(rounds.map(({ whole }) => whole.refused)),
  };
}

interface Timing {
  readonly placed: Took;
  readonly refused: Took;
}

function figuresOf(took: readonly Took[]): Figures {
  return {
    medianMs: rounded(median(took.map(({ wallMs }) => wallMs)), 2),
    bestCpuMs: rounded(Math.min(...took.map(({ cpuMs }) => cpuMs)), 2),
  };
}

function timeGang(nodes: number, pods: number, devices: number): Timing {
  const snapshot = emptyNodes(nodes);
  const scheduler = new Scheduler(snapshot, DEFAULT_POLICY);
  scheduler.cycle({ nowMs: 0 });
  addGang(snapshot, 'first', pods, devices);
  const placed = timed(scheduler, pods);
  addGang(snapshot, 'late', pods, devices);
  return { placed, refused: timed(scheduler, 0) };
}

function timed(scheduler: Scheduler, wanted: number): Took {
  const stop = stopwatch();
  const decisions = scheduler.cycle({ nowMs: 0 });
  const took = stop();
  const binds = [...decisions].flatMap((decision) => (decision.kind === 'gang' ? decision.binds : [])).length;
  if (binds !== wanted) throw new Error(`Cannot report: ${binds} of ${wanted} pods were placed`);
  return took;
}

function emptyNodes(nodes: number): Snapshot {
  const snapshot = new Snapshot();
  snapshot.upsertQueue(makeQueue('default'));
  const { facts } = snapshot.claims;
  facts.classes.set('gpu', makeDeviceClass('gpu', [deviceSelector(SELECTOR)]));
  const attributes = new Map([[`${DRIVER}/model`, { kind: 'string', value: 'H200' } as const]]);
  for (let n = 0; n < 2 * nodes; n += 1) {
    const name = `node-${String(n).padStart(5, '0')}`;
    snapshot.upsertNode(makeNode(name, { cpu: CPUS * 1000 }));
    if (n % 2 === 0) continue;
    const own = Array.from({ length: DEVICES }, (_, d) => makeDevice(`gpu-${d}`, { attributes }));
    facts.slices.set(`slice-${name}`, makeSlice(name, own, { name: `slice-${name}` }));
  }
  return snapshot;
}

function addGang(snapshot: Snapshot, group: string, pods: number, devices: number): void {
  snapshot.upsertJob(makePodGroup(group, pods));
  const shape = makeShape({ cpu: 1000 });
  for (let p = 0; p < pods; p += 1) {
    const pod = makePod(`${group}-${p}`, group, shape);
    const claim = makeDeviceClaim(pod.name, [makeRequest('gpus', { count: devices })], { ownerUid: pod.uid });
    snapshot.claims.facts.claims.set(claim.key, claim);
    const deviceClaims = [{ key: claim.key, podUid: pod.uid, isMade: true }];
    snapshot.upsertTask({ ...pod, deviceClaims });
  }
}
