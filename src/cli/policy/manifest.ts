import type { JsonObject } from '../../lib/json.ts';
import { stringAt } from '../../lib/json.ts';

/** A place in a file, both from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** One object of a file. */
export interface Manifest {
  readonly object: JsonObject;
  /** As it was named on the command line, or below a folder that was; `-` for the standard input. */
  readonly file: string;
  /** Where a field stands, or the deepest part of its path that is there (`spec.match.namespaces.names[0]`). */
  readonly placeOf: (path: string) => Place;
}

/** Something that keeps a file from being used; its text begins with `file:line:column`. */
export interface InputMistake {
  readonly file: string;
  readonly place: Place;
  readonly message: string;
}

export function mistakeLine({ file, place, message }: InputMistake): string {
  return `${file}:${place.line}:${place.column}: ${message}`;
}

/** `Job/team-a/train`, or `Queue/blue` for what has no namespace; what has no name is called by its generateName. */
export function nameOf({ object }: Pick<Manifest, 'object'>): string {
  const kind = stringAt(object, ['kind']);
  const namespace = stringAt(object, ['metadata', 'namespace']);
  const name = stringAt(object, ['metadata', 'name'], stringAt(object, ['metadata', 'generateName'], '?'));
  return [kind, ...(namespace === '' ? [] : [namespace]), name].join('/');
}
