import { arrayAt, member, objectAt } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import { parseAmounts } from '../amounts.ts';
import { readNodeCards, withCardAmounts } from '../cards/node-cards.ts';
import { RecentMap } from '../../lib/recent-map.ts';
import type { NodeImage, NodeRecord } from '../records/node-record.ts';
import type { TaintRecord } from '../records/scheduling-shape.ts';
import { objects, readMetadata, text, textMap, whole } from './metadata.ts';

/** Images that the nodes of one cluster have in common, by all that is told of them. */
export type SharedImages = RecentMap<NodeImage>;

/** More than a cluster has at a time; what is forgotten is only kept twice. */
const RECENT_IMAGES = 20_000;

export function shareImages(): SharedImages {
  return new RecentMap<NodeImage>(RECENT_IMAGES);
}

/** The record of a node; undefined for anything without name or UID. What it offers is rounded down. */
export function projectNode(raw: unknown, shared = shareImages()): NodeRecord | undefined {
  const { name, uid, resourceVersion, labels, annotations } = readMetadata(raw);
  if (name === '' || uid === '') return undefined;
  const spec = objectAt(raw, 'spec');
  const status = objectAt(raw, 'status');
  const allocatable = parseAmounts(member(status, 'allocatable'), 'down').amounts;
  const cards = readNodeCards(annotations, allocatable);
  return {
    name,
    uid,
    resourceVersion,
    labels: textMap(labels),
    taints: objects(spec, 'taints').flatMap(taint),
    unschedulable: member(spec, 'unschedulable') === true,
    allocatable: withCardAmounts(allocatable, cards),
    images: objects(status, 'images').map((image) => nodeImage(image, shared)),
    cards,
  };
}

function nodeImage(raw: JsonObject, shared: SharedImages): NodeImage {
  const names = arrayAt(raw, 'names').filter((name) => typeof name === 'string');
  const bytes = whole(raw, 'sizeBytes', 0);
  const key = `${bytes} ${names.join(' ')}`;
  return shared.get(key) ?? shared.set(key, { names, bytes });
}

function taint(raw: JsonObject): readonly TaintRecord[] {
  const effect = EFFECTS.get(text(raw, 'effect'));
  const key = text(raw, 'key');
  return effect === undefined || key === '' ? [] : [{ key, value: text(raw, 'value'), effect }];
}

const EFFECTS: ReadonlyMap<string, TaintRecord['effect']> = new Map(
  (['NoSchedule', 'PreferNoSchedule', 'NoExecute'] as const).map((effect) => [effect, effect]),
);
