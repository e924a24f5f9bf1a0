import { member, objectAt } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import { parseAmounts } from '../amounts.ts';
import type { NodeRecord } from '../records/node-record.ts';
import type { TaintRecord } from '../records/scheduling-shape.ts';
import { objects, readMetadata, text, textMap } from './metadata.ts';

/** The record of a node; undefined for anything without name or UID. What it offers is rounded down. */
export function projectNode(raw: unknown): NodeRecord | undefined {
  const { name, uid, resourceVersion, labels } = readMetadata(raw);
  if (name === '' || uid === '') return undefined;
  const spec = objectAt(raw, 'spec');
  return {
    name,
    uid,
    resourceVersion,
    labels: textMap(labels),
    taints: objects(spec, 'taints').flatMap(taint),
    unschedulable: member(spec, 'unschedulable') === true,
    allocatable: parseAmounts(member(member(raw, 'status'), 'allocatable'), 'down').amounts,
  };
}

function taint(raw: JsonObject): readonly TaintRecord[] {
  const effect = EFFECTS.get(text(raw, 'effect'));
  const key = text(raw, 'key');
  return effect === undefined || key === '' ? [] : [{ key, value: text(raw, 'value'), effect }];
}

const EFFECTS: ReadonlyMap<string, TaintRecord['effect']> = new Map(
  (['NoSchedule', 'PreferNoSchedule', 'NoExecute'] as const).map((effect) => [effect, effect]),
);
