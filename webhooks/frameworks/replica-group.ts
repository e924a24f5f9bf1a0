import type { GroupPlan } from '../../src/api/group-plan.ts';
import { stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { dnsLabel, MAX_NAME_LENGTH, NONCE_LENGTH } from '../group-name.ts';
import { digest } from '../../src/lib/digest.ts';

/**
 * The plan for the replica that a pod is of, or that pods of a template will be: told by the label, else by the number at the
 * end of a pod's name (`name`; empty for templates). Undefined when neither tells it.
 */
export function replicaPlan(plan: GroupPlan, labels: JsonObject, name: string): GroupPlan | undefined {
  const { replicaLabel, ...rest } = plan;
  if (replicaLabel === undefined) return plan;
  const replica = dnsLabel(
    stringAt(labels, [replicaLabel]) || (NUMBER_AT_THE_END.exec(name)?.[1] ?? ''),
    MAX_NAME_LENGTH,
  );
  return replica === '' ? undefined : { ...rest, group: replicaGroup(plan.group, replica) };
}

const NUMBER_AT_THE_END = /-(\d{1,9})$/;

function replicaGroup(group: string, replica: string): string {
  const name = `${group}-${replica}`;
  if (name.length <= MAX_NAME_LENGTH) return name;
  const id = digest(name, NONCE_LENGTH);
  return `${dnsLabel(group, MAX_NAME_LENGTH - id.length - 1)}-${id}`;
}
