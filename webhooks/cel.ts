/** Building blocks of match conditions, in CEL. */

/** A key of a metadata map. */
export type MetadataKey = readonly [map: 'annotations' | 'labels', key: string];

/**
 * The text under a key of the object at the path, empty when it is absent; its metadata must be there. The map itself may be null: so it is
 * in objects of our kinds that a server-side apply took the last key of.
 */
export function textOf(object: string, [map, key]: MetadataKey): string {
  const at = `${object}.metadata.${map}`;
  const name = JSON.stringify(key);
  return `(has(${at}) && ${at} != null && ${name} in ${at} ? ${at}[${name}] : "")`;
}

/** True when one of the keys has another text than before; whole maps are compared first, which is cheap. */
export function anyChanged(keys: readonly MetadataKey[]): string {
  const byMap = (['annotations', 'labels'] as const).flatMap((map) => {
    const own = keys.filter((key) => key[0] === map);
    const changes = own.map((key) => `${textOf('object', key)} != ${textOf('oldObject', key)}`);
    return own.length === 0 ? [] : [`${changed(`metadata.${map}`)} && (${changes.join(' || ')})`];
  });
  return byMap.join(' || ');
}

/** True when the pod spec at the path names one of the schedulers. */
export function namesScheduler(spec: string, schedulers: ReadonlySet<string>): string {
  return `has(${spec}.schedulerName) && ${spec}.schedulerName in ${JSON.stringify([...schedulers].toSorted())}`;
}

/** True when the member at the path came, went or differs. */
export function changed(path: string): string {
  const [now, before] = [`object.${path}`, `oldObject.${path}`];
  return `(has(${now}) ? !has(${before}) || ${now} != ${before} : has(${before}))`;
}
