import { readPattern } from '../../cel/pattern.ts';
import { isJsonObject, member, objectAt } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { HyperNodeMembers, HyperNodeRecord } from '../records/hyper-node-record.ts';
import { selects } from '../records/label-selector.ts';
import { readSelector } from './label-selector.ts';
import { objects, readMetadata, text, textMap, whole } from './metadata.ts';

/** The record of a HyperNode; undefined for anything without name or UID. Members that cannot be read select nothing. */
export function projectHyperNode(raw: unknown): HyperNodeRecord | undefined {
  const { name, uid, resourceVersion, deleting, labels } = readMetadata(raw);
  if (name === '' || uid === '') return undefined;
  const nodeCount = member(objectAt(raw, 'status'), 'nodeCount');
  const spec = objectAt(raw, 'spec');
  return {
    name,
    uid,
    resourceVersion,
    deleting,
    labels: textMap(labels),
    spec,
    tier: Math.max(0, whole(spec, 'tier', 0)),
    tierName: text(spec, 'tierName'),
    members: objects(raw, 'spec', 'members').map((entry) => ({
      kind: text(entry, 'type') === 'HyperNode' ? 'HyperNode' : 'Node',
      exact: text(objectAt(entry, 'selector', 'exactMatch'), 'name'),
      matches: matcher(objectAt(entry, 'selector')),
    })),
    nodeCount: typeof nodeCount === 'number' ? nodeCount : undefined,
  };
}

function matcher(selector: JsonObject): HyperNodeMembers['matches'] {
  const { labelMatch } = selector;
  if (isJsonObject(labelMatch)) {
    const wanted = readSelector(labelMatch);
    return (_, labels) => selects(wanted, [...labels].flat());
  }
  if (isJsonObject(selector['regexMatch'])) {
    const read = readPattern(text(selector['regexMatch'], 'pattern'));
    return read.kind === 'problem' ? () => false : (name) => read.expression.test(name);
  }
  const exact = text(objectAt(selector, 'exactMatch'), 'name');
  return (name) => name === exact;
}
