import { outputs } from '../../tools/generators/volcano-fields.ts';

/** Two objects' parts that differ in one field. */
export interface FieldPair<T> {
  readonly one: T;
  readonly other: T;
}

/** The fields of a kind of Volcano that the page of all fields says are acted on: `spec.queue`. */
export async function actedOn(kind: string): Promise<readonly string[]> {
  const page = [...(await outputs()).values()].join('\n');
  const section = page.split('\n## ').find((text) => text.startsWith(`${kind} of `)) ?? '';
  return section.split('\n').flatMap((line) => /^\| `([^`]+)` \|.*\| yes \|$/.exec(line)?.slice(1, 2) ?? []);
}
