/** Building blocks of exported expressions, in CEL. */

export function quoted(text: string): string {
  return JSON.stringify(text);
}

export function quotedList(texts: readonly string[]): string {
  return `[${texts.map(quoted).join(', ')}]`;
}

/** All hold; true for none. */
export function allOf(expressions: readonly string[]): string {
  return expressions.length === 0 ? 'true' : expressions.map(bracketed).join(' && ');
}

/** One holds; false for none. */
export function anyOf(expressions: readonly string[]): string {
  return expressions.length === 0 ? 'false' : expressions.map(bracketed).join(' || ');
}

function bracketed(expression: string): string {
  return `(${expression})`;
}

/** Whether a path of members is there, each of them asked for: `has(object.a) && has(object.a.b)`. */
export function isThere(root: string, ...members: readonly string[]): string {
  return members.map((_, index) => `has(${[root, ...members.slice(0, index + 1)].join('.')})`).join(' && ');
}

/** Whether a map of the metadata has the key. */
export function hasKey(metadata: string, map: 'labels' | 'annotations', key: string): string {
  const owner = metadata.slice(0, metadata.lastIndexOf('.'));
  return `${isThere(owner, 'metadata', map)} && ${quoted(key)} in ${metadata}.${map}`;
}

/** Whether it has it with one of the values. */
export function hasValue(
  metadata: string,
  map: 'labels' | 'annotations',
  key: string,
  values: readonly string[],
): string {
  return `${hasKey(metadata, map, key)} && ${metadata}.${map}[${quoted(key)}] in ${quotedList(values)}`;
}
