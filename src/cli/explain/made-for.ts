import { arrayAt, objectAt, stringAt } from '../../lib/json.ts';
import { VCJOBS } from '../../api/resources.ts';
import { SetupError } from '../setup-error.ts';

/** Kinds with names of their own on the command line. */
const ALIASES: Readonly<Record<string, string>> = {
  vcjob: `job.${VCJOBS.group}`,
  vcjobs: `job.${VCJOBS.group}`,
  vj: `job.${VCJOBS.group}`,
  rs: 'replicaset',
  sts: 'statefulset',
  rc: 'replicationcontroller',
};
const MOST_NAMES = 5;
/** What keeps an object from having its group, such as a quota or a claim that is missing, is told to that object. */
const ELSEWHERE = '; if it exists, its events say what was refused';

/** An object as it stands on the command line, `word/name`. */
export interface NamedOwner {
  readonly word: string;
  readonly name: string;
}

/** Name of the one group of those that was made for that object. Throws a SetupError where none was, or several were. */
export function groupMadeFor(groups: readonly unknown[], { word, name }: NamedOwner): string {
  const owned = groups.filter((group) => ownersOf(group).some((owner) => owner.name === name && isKind(word, owner)));
  const names = owned.map((group) => stringAt(group, ['metadata', 'name']));
  const [first] = names;
  if (first === undefined) {
    throw new SetupError(`no PodGroup was made for ${word}/${name}${othersNamed(groups, name) || ELSEWHERE}`);
  }
  if (names.length > 1)
    throw new SetupError(`${word}/${name} has ${names.length} PodGroups, ask for one of them: ${someOf(names)}`);
  return first;
}

interface Owner {
  readonly kind: string;
  readonly group: string;
  readonly name: string;
}

function ownersOf(object: unknown): readonly Owner[] {
  return arrayAt(objectAt(object, 'metadata'), 'ownerReferences').map((owner) => {
    const apiVersion = stringAt(owner, ['apiVersion']);
    const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
    return { kind: stringAt(owner, ['kind']).toLowerCase(), group, name: stringAt(owner, ['name']) };
  });
}

/** The kind in small letters, one or several of it, with its API group or without. */
function isKind(word: string, { kind, group }: Owner): boolean {
  const small = word.toLowerCase();
  const asked = Object.hasOwn(ALIASES, small) ? ALIASES[small] : small;
  return [kind, `${kind}s`].some((form) => asked === form || asked === `${form}.${group}`);
}

/** What makes an object's pods may have another name: a Deployment's ReplicaSet begins with its own. */
function othersNamed(groups: readonly unknown[], name: string): string {
  const near = groups.flatMap(ownersOf).filter((owner) => owner.name.startsWith(name));
  return near.length === 0 ? '' : `; there are those of ${someOf(near.map((owner) => `${owner.kind}/${owner.name}`))}`;
}

function someOf(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMES).join(', ');
  return names.length > MOST_NAMES ? `${shown} and ${names.length - MOST_NAMES} more` : shown;
}
