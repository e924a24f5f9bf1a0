import { objectAt, stringAt } from '../src/lib/json.ts';
import type { JsonObject } from '../src/lib/json.ts';
import { qualifiedName } from '../src/api/resources.ts';
import type { ClusterView } from './admission.ts';
import { holds, textAt, wholeOf } from './frameworks/fields.ts';
import type { VersionedKind } from './frameworks/versioned-kind.ts';
import { fromObject, OWNER_MAX_AGE_MS, planOfRecord, planned } from './inheritance.ts';
import type { Inheritance } from './inheritance.ts';
import type { Answers, FetchQuestion, Question } from './question.ts';

/** An object of a workload kind that pods name themselves, since it does not control them. */
interface NamedRoot extends VersionedKind {
  readonly namespace: string;
  readonly name: string;
}

/** The object that a pod, or the template of pods, names; undefined for most. O(kinds that pods name, of those that are served). */
function namedBy(pod: JsonObject, namespace: string, view: ClusterView): NamedRoot | undefined {
  for (const kind of view.namedKinds()) {
    const rule = kind.spec.pods?.named;
    if (rule === undefined) continue;
    const whole = wholeOf(pod);
    const name = textAt(whole, rule.path);
    if (name !== '' && holds(whole, rule.when)) return { ...kind, namespace, name };
  }
  return undefined;
}

/** What has to be looked up of the object that a pod names: it may have been made a moment ago. */
export function askNamed(pod: JsonObject, namespace: string, view: ClusterView): readonly Question[] {
  const root = namedBy(pod, namespace, view);
  return root === undefined || fromView(root, view) !== undefined ? [] : [questionOf(root)];
}

/**
 * The group that was planned for the object that a pod names. Who joins by a name joins as by an owner reference, with the same
 * rights.
 */
export function namedRoot(
  pod: JsonObject,
  namespace: string,
  view: ClusterView,
  answers: Answers,
): Inheritance | undefined {
  const root = namedBy(pod, namespace, view);
  if (root === undefined) return undefined;
  const known = fromView(root, view);
  if (known !== undefined) return known;
  const answer = answers.get(questionOf(root).key);
  if (answer?.kind !== 'fetch' || typeof answer.object === 'string') return undefined;
  const { object } = answer;
  const uid = stringAt(objectAt(object, 'metadata'), ['uid']);
  const owner = { apiVersion: stringAt(object, ['apiVersion']), kind: root.type.kind, name: root.name, uid };
  return fromObject(owner, root.spec, object, namespace, view);
}

function fromView({ type, namespace, name }: NamedRoot, view: ClusterView): Inheritance | undefined {
  const record = view.rootNamed(type, namespace, name);
  const plan = record && planOfRecord(record);
  return record && plan && planned(plan, record, true, view);
}

function questionOf({ type, namespace, name }: NamedRoot): FetchQuestion {
  const key = `named/${qualifiedName(type)}/${namespace}/${name}`;
  return { kind: 'fetch', key, type, namespace, name, maxAgeMs: OWNER_MAX_AGE_MS };
}
