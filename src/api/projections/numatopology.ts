import { isJsonObject, member, numberAt, objectAt } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import { quantityToUnits } from '../../lib/quantity.ts';
import { parseCpuSet } from '../numa/cpu-set.ts';
import { NUMA_POLICIES, NUMA_SCOPES } from '../records/numa-records.ts';
import type { NumatopologyRecord, ZoneAmounts, ZoneShare } from '../records/numa-records.ts';
import { objects, readMetadata, text, whole } from './metadata.ts';

/** A kubelet aligns nothing on a machine with more. */
const MOST_ZONES = 8;
const MILLI = 1000;
const BYTES = 1024;

interface Cpu {
  readonly id: number;
  readonly zone: number;
  readonly socket: number;
  readonly core: number;
}

/** The record of a Numatopology; undefined for anything without name or UID. */
export function projectNumatopology(raw: unknown): NumatopologyRecord | undefined {
  const { name, uid } = readMetadata(raw);
  if (name === '' || uid === '') return undefined;
  const spec = objectAt(raw, 'spec');
  const policies = objectAt(spec, 'policies');
  const cpus = readCpus(objectAt(spec, 'cpuDetail'));
  const all = [...new Set(cpus.map(({ zone }) => zone))].toSorted((a, b) => a - b);
  const zones = all.length > MOST_ZONES ? [] : all;
  const isStatic = text(policies, 'CPUManagerPolicy') === 'static';
  const isMemoryStatic = text(policies, 'MemoryManagerPolicy') === 'Static';
  return {
    name,
    policy: NUMA_POLICIES.find((policy) => policy === text(policies, 'TopologyManagerPolicy')) ?? 'none',
    scope: NUMA_SCOPES.find((scope) => scope === text(policies, 'TopologyManagerScope')),
    zones,
    amounts: new Map([
      ...(isStatic ? [['cpu', cpuAmounts(cpus, zones, spec)] as const] : []),
      ...(isMemoryStatic ? memoryAmounts(objectAt(spec, 'MemoryDetail'), zones) : []),
    ]),
    holders: readHolders(spec, cpus),
  };
}

/** In the order in which a kubelet takes those that the node keeps for itself: whole cores, the lowest first. */
function readCpus(detail: JsonObject): readonly Cpu[] {
  const cpus = Object.entries(detail).flatMap(([id, place]): readonly Cpu[] => {
    if (!/^\d{1,5}$/.test(id) || !isJsonObject(place)) return [];
    const [zone, socket, core] = [whole(place, 'numa', 0), whole(place, 'socket', 0), whole(place, 'core', 0)];
    return [{ id: Number(id), zone, socket, core }];
  });
  return cpus.toSorted((a, b) => a.socket - b.socket || a.zone - b.zone || a.core - b.core || a.id - b.id);
}

function cpuAmounts(cpus: readonly Cpu[], zones: readonly number[], spec: JsonObject): ZoneAmounts {
  const reserved = quantityToUnits(member(objectAt(spec, 'resReserved'), 'cpu'), 'one', 'up') ?? 0;
  const unused = parseCpuSet(text(objectAt(spec, 'numares', 'cpu'), 'allocatable'));
  const assignable = cpus.slice(Math.max(0, reserved));
  const perZone = (of: readonly Cpu[]): readonly number[] =>
    zones.map((zone) => MILLI * of.filter((cpu) => cpu.zone === zone).length);
  return {
    total: perZone(cpus),
    assignable: perZone(assignable),
    free: perZone(assignable.filter(({ id }) => unused?.has(id) === true)),
  };
}

/** In bytes, as the state of a kubelet's memory manager has it. */
function memoryAmounts(
  detail: JsonObject,
  zones: readonly number[],
): readonly (readonly [resource: string, amounts: ZoneAmounts])[] {
  const tables = zones.map((zone) => objectAt(detail, String(zone), 'memoryMap'));
  const names = new Set(tables.flatMap((table) => Object.keys(table)));
  return [...names].toSorted().map((name) => {
    const each = (key: string): readonly number[] =>
      tables.map((table) => Math.floor(numberAt(table, [name, key], 0) / BYTES));
    return [name, { total: each('allocatable'), assignable: each('allocatable'), free: each('free') }];
  });
}

/** Exporters of before 2026 tell of none, and of no pod the list is left out. */
function readHolders(spec: JsonObject, cpus: readonly Cpu[]): NumatopologyRecord['holders'] {
  const zoneOf = new Map(cpus.map(({ id, zone }) => [id, zone]));
  const named = objects(spec, 'podAllocations').map((pod) => {
    const id = text(pod, 'uid') || `${text(pod, 'namespace')}/${text(pod, 'name')}`;
    return [id, cpusOf(pod, zoneOf)] as const;
  });
  return named.length === 0 ? undefined : new Map(named.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function cpusOf(pod: JsonObject, zoneOf: ReadonlyMap<number, number>): readonly ZoneShare[] {
  const perZone = new Map<number, number>();
  for (const container of objects(pod, 'containerAllocations')) {
    for (const id of parseCpuSet(text(objectAt(container, 'allocations'), 'cpu')) ?? []) {
      const zone = zoneOf.get(id);
      if (zone !== undefined) perZone.set(zone, (perZone.get(zone) ?? 0) + MILLI);
    }
  }
  const ascending = [...perZone].toSorted(([a], [b]) => a - b);
  return ascending.map(([zone, cpu]) => ({ zone, amounts: new Map([['cpu', cpu]]) }));
}
