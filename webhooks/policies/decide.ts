import type { Policy } from '../../src/api/records/policy.ts';
import { fieldError } from '../../src/lib/field-error.ts';
import type { ClusterView } from '../admission.ts';
import type { DenyVerdict } from '../verdict.ts';
import { NO_INJECTION } from '../injection/injection.ts';
import type { Injection } from '../injection/injection.ts';
import type { Want } from '../injection/want.ts';
import { queueQuestion } from '../queue-choice.ts';
import { forbid, joinDenials, refuse } from '../verdict.ts';
import { fieldsOf } from './policy-fields.ts';
import type { PolicyField } from './policy-fields.ts';
import type { PolicyTarget } from './target.ts';

/**
 * What the policies write to the target: of each field the first one in their order that names it decides, and tolerations, requirements of nodes
 * and gates add up. With what was written there they come to the same again. O(fields of all).
 */
export function decide(policies: readonly Policy[], target: PolicyTarget, view: ClusterView): Want {
  const real = policies.filter(({ enforcement }) => enforcement !== 'DryRun');
  const trials = policies.filter(({ enforcement }) => enforcement === 'DryRun');
  const draft = new Draft(target, view);
  for (const policy of real) draft.take(policy);
  const queue = draft.written.get('queue');
  const minMembers = draft.written.get('gang');
  const told = trials.map((policy) => trial(policy, target, view));
  return {
    injection: draft.injection(real),
    // Controllers read no warnings.
    warnings: target.isFollowing ? [] : [...draft.warnings, ...told],
    denial: joinDenials(...draft.denials),
    rules: {
      queue: queue && { name: String(queue.value), path: queue.path, policy: queue.policy },
      minMembers: minMembers && Number(minMembers.value),
      summary: real.length === 0 || target.isFollowing ? '' : `${named(real)}: ${describe(draft, real)}`,
      isNews: draft.texts.length > 0,
      audit: {
        ...(real.length === 0 ? {} : { policies: ids(real) }),
        ...(trials.length === 0 ? {} : { 'policies-dry-run': ids(trials) }),
      },
      hits: policies.map(({ id, enforcement }) => ({ policy: id, enforcement })),
    },
  };
}

/** A value that is to be written, and whose it is. */
interface Written {
  readonly value: string | number;
  readonly path: string;
  readonly policy: string;
}

/** What is decided so far. */
class Draft {
  readonly written = new Map<string, Written>();
  readonly texts: string[] = [];
  readonly warnings: string[] = [];
  readonly denials: DenyVerdict[] = [];
  readonly #decided = new Set<string>();
  readonly #target: PolicyTarget;
  readonly #view: ClusterView;

  constructor(target: PolicyTarget, view: ClusterView) {
    this.#target = target;
    this.#view = view;
  }

  take(policy: Policy): void {
    for (const field of fieldsOf(policy.settings, this.#target)) {
      if (!this.#decided.has(field.id)) this.#decide(policy, field);
    }
  }

  injection(policies: readonly Policy[]): Injection {
    const settings = policies.map((policy) => policy.settings);
    const [priorityClassName, runtimeClassName] = [this.#text('priorityClass'), this.#text('runtimeClass')];
    return {
      ...NO_INJECTION,
      labels: this.#map('labels/'),
      annotations: this.#map('annotations/'),
      tolerations: settings.flatMap(({ tolerations }) => tolerations),
      nodeRequirements: settings.flatMap(({ nodeRequirements }) => nodeRequirements),
      schedulingGates: settings.map(({ schedulingGate }) => schedulingGate).filter((name) => name !== ''),
      ...(priorityClassName === undefined ? {} : { priorityClassName }),
      ...(runtimeClassName === undefined ? {} : { runtimeClassName }),
    };
  }

  #decide(policy: Policy, field: PolicyField): void {
    const { id, value, present, path, what } = field;
    const outcome = outcomeOf(field, this.#target.isFollowing);
    // Nobody can have what does not exist, so that having something else is no conflict.
    if (outcome !== 'keep' && this.#view.synced && !field.isThere(this.#view)) {
      this.#miss(policy, field);
      return;
    }
    this.#decided.add(id);
    if (outcome === 'reject') this.#reject(policy, field);
    const isThere = present === String(value.value);
    if (outcome !== 'write' && !isThere) return;
    this.written.set(id, { value: value.value, path, policy: policy.id });
    if (isThere) return;
    this.texts.push(`${what} ${value.value}${present === '' ? '' : ` in place of ${present}`}`);
  }

  #reject(policy: Policy, { what, value, present, path }: PolicyField): void {
    const message = `policy ${policy.id} asks for ${what} ${value.value}`;
    if (policy.enforcement === 'Enforce') {
      this.denials.push(forbid('PolicyConflict', fieldError(path, 'FieldValueForbidden', present, message)));
    } else this.warnings.push(`${path}: ${message}`);
  }

  /** The next policy in line may name one that exists. */
  #miss(policy: Policy, { id, what, value, path }: PolicyField): void {
    const { onMissingReference: rule, enforcement } = policy;
    const message = `policy ${policy.id} names ${what} ${value.value}, which does not exist`;
    if (rule === 'Deny' && enforcement === 'Enforce' && !this.#target.isFollowing) {
      const error = fieldError(path, 'FieldValueNotFound', value.value, message);
      const doubts = id === 'queue' ? [queueQuestion(String(value.value))] : [];
      this.denials.push({ ...refuse('PolicyReferenceNotFound', error), doubts });
    } else if (rule !== 'Ignore') this.warnings.push(`${message}: left out`);
  }

  #text(id: string): string | undefined {
    const found = this.written.get(id);
    return found && String(found.value);
  }

  #map(prefix: string): Readonly<Record<string, string>> {
    const own = [...this.written].filter(([id]) => id.startsWith(prefix));
    return Object.fromEntries(own.map(([id, { value }]) => [id.slice(prefix.length), String(value)]));
  }
}

function outcomeOf({ value, present, isFixed }: PolicyField, isFollowing: boolean): 'write' | 'keep' | 'reject' {
  if (present === '') return 'write';
  if (present === String(value.value) || isFixed || isFollowing || value.onConflict === 'IfAbsent') return 'keep';
  return value.onConflict === 'Override' ? 'write' : 'reject';
}

/** What one policy alone would do. */
function trial(policy: Policy, target: PolicyTarget, view: ClusterView): string {
  const draft = new Draft(target, view);
  draft.take({ ...policy, enforcement: 'Enforce' });
  const would = `${describe(draft, [policy])}${draft.denials.length > 0 ? '; it would refuse this' : ''}`;
  return `policy ${policy.id} (DryRun) would set ${would}`;
}

function describe({ texts }: Draft, policies: readonly Policy[]): string {
  const added = policies.flatMap(({ settings: { tolerations, nodeRequirements, schedulingGate } }) => [
    ...tolerations.map(({ key, effect }) => `toleration ${key === '' ? '*' : key}${effect === '' ? '' : `:${effect}`}`),
    ...nodeRequirements.map(({ key, operator, values }) => `nodes ${[key, operator, ...values].join(' ')}`),
    ...(schedulingGate === '' ? [] : [`gate ${schedulingGate}`]),
  ]);
  const all = [...texts, ...added];
  return all.length === 0 ? 'nothing new' : all.join(', ');
}

function named(policies: readonly Policy[]): string {
  return `${policies.length === 1 ? 'policy' : 'policies'} ${policies.map(({ id }) => id).join(', ')}`;
}

/** Audit annotations are looked through by programs: names without blanks, as many as a line may hold. */
function ids(policies: readonly Policy[]): string {
  return policies
    .map(({ id }) => id)
    .join(' ')
    .slice(0, MAX_AUDIT_LENGTH);
}

const MAX_AUDIT_LENGTH = 1024;
