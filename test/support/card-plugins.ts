import type { ModelGeometries } from '../../src/api/cards/mig-geometries.ts';
import { stringAt } from '../../src/lib/json.ts';
import type { NodeRecord } from '../../src/api/records/node-record.ts';
import type { Amounts } from './card-records.ts';

type Texts = Readonly<Record<string, string>>;

/** What a container sees of a card. */
export interface Given {
  readonly card: string;
  readonly memory: number;
  readonly cores: number;
}

/**
 * How the device plugin of Volcano's vGPUs gives cards to the containers of a pod that its kubelet admits, container by container: it
 * looks for the pod that was bound to its node and waits, takes the first list of cards that is left, compares its length with the
 * number of devices that the kubelet asks for, and crosses the list out. Throws as the plugin refuses.
 */
export function vgpuPlugin(
  node: string,
  annotations: Texts,
  containers: readonly Amounts[],
): readonly (readonly Given[])[] {
  let left = lists(text(annotations, 'volcano.sh/devices-to-allocate'));
  if (!isWaiting(annotations, node)) throw new Error('cannot get valid pod');
  const given = containers.map((amounts): readonly Given[] => {
    const devices = amounts['vgpu-number'] ?? 0;
    if (devices === 0) return [];
    const at = left.findIndex((list) => list.some(({ type }) => type === 'NVIDIA'));
    const list = left[at];
    if (list === undefined) throw new Error('device request not found');
    if (list.length !== devices) throw new Error('device number not matched');
    if (containers[at] !== amounts) throw new Error('the cards of another container');
    left = left.map((each, i) => (i === at ? [] : each));
    return list;
  });
  if (left.flat().length > 0) throw new Error('some cards were left');
  return given;
}

/** What a container sees of a card that was cut for it. */
export interface GivenInstance {
  readonly card: string;
  /** By what the hardware counts the instances of the card. */
  readonly position: number;
  readonly profile: string;
}

/**
 * How it finds the instance where its node is cut by hardware: from the card's model the list of geometries, from the name in
 * brackets up to the first dash the geometry, into which it cuts the card anew unless it is cut so, and after the dash the instance. `cuts` is
 * how the cards are cut, by their ids; who has instances of a card must not lose them.
 */
export function migPlugin(
  { id, model }: { readonly id: string; readonly model: string },
  models: readonly ModelGeometries[],
  cuts: Map<string, { readonly group: string; users: number }>,
): GivenInstance {
  const { card, group, position } = named(id);
  const known = models.find((each) => each.models.some((part) => model.includes(part)));
  const geometry = known?.geometries.find((each) => each.group === group);
  if (geometry === undefined) throw new Error('invalid template index extracted from UUID');
  const before = cuts.get(card);
  if (before !== undefined && before.users > 0 && before.group !== geometry.group) throw new Error('card in use');
  cuts.set(card, { group: geometry.group, users: (before?.users ?? 0) + 1 });
  const instances = geometry.profiles.flatMap((each) => Array.from({ length: each.count }, () => each.name));
  const profile = instances[position];
  if (profile === undefined) throw new Error('nvml get mig dev error');
  return { card, position, profile };
}

function named(id: string): { readonly card: string; readonly group: string; readonly position: number } {
  const [card = '', inBrackets] = id.split('[');
  const [name, end] = (inBrackets ?? '').split(']');
  const [group = '', position = ''] = (name ?? '').split('-');
  if (end === undefined || group.trim() === '' || !/^\d+$/.test(position)) throw new Error('invalid UUID format');
  return { card, group: group.trim(), position: Number(position) };
}

/** The same for shared cards: one index of a card that the node has, and for whole cards a list of them. */
export function sharePlugin({ cards }: NodeRecord, annotations: Texts): readonly string[] {
  const nanoseconds = text(annotations, 'volcano.sh/predicate-time');
  if (!/^\d{1,20}$/.test(nanoseconds) || BigInt(nanoseconds) >= 2n ** 64n) throw new Error('no predicate time');
  const indices = text(annotations, 'volcano.sh/gpu-index').split(',');
  for (const index of indices) {
    if (!/^\d+$/.test(index) || Number(index) >= (cards?.cards.length ?? 0)) throw new Error('failed to find gpu id');
  }
  return indices;
}

function isWaiting(annotations: Texts, node: string): boolean {
  const isTimed = ['volcano.sh/bind-time', 'volcano.sh/vgpu-time'].every((key) =>
    /^\d{1,20}$/.test(text(annotations, key)),
  );
  return (
    isTimed &&
    text(annotations, 'volcano.sh/bind-phase') === 'allocating' &&
    text(annotations, 'volcano.sh/vgpu-node') === node
  );
}

function lists(ids: string): readonly (readonly (Given & { readonly type: string })[])[] {
  return ids.split(';').map((list) =>
    list.split(':').flatMap((entry) => {
      if (!entry.includes(',')) return [];
      const [card = '', type = '', memory = '', cores = ''] = entry.split(',');
      return [{ card, type, memory: Number.parseInt(memory, 10), cores: Number.parseInt(cores, 10) }];
    }),
  );
}

function text(annotations: Texts, key: string): string {
  return stringAt(annotations, [key]);
}
