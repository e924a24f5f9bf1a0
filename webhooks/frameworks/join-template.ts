import type { ResourceType } from '../../src/api/resources.ts';
import { objectAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import type { Inheritance } from '../inheritance.ts';
import type { Stamp } from '../stamp.ts';
import type { TemplateFacts } from '../template-facts.ts';
import { replicaPlan } from './replica-group.ts';
import { taskOf } from './task-of.ts';

/**
 * What makes the pods of an object members of the group that was planned for its controller. Undefined when the template
 * does not tell of which replica its pods will be: each of them is told when it comes.
 */
export function joinTemplate(
  inherited: Extract<Inheritance, { kind: 'plan' }>,
  type: ResourceType,
  object: JsonObject,
  template: TemplateFacts,
): Stamp | undefined {
  const labels = { ...objectAt(object, 'metadata', 'labels'), ...template.labels };
  const plan = replicaPlan(inherited.plan, labels, '');
  if (plan === undefined) return undefined;
  const child = inherited.spec?.children?.find(({ group = '', kind }) => group === type.group && kind === type.kind);
  const task = child?.role ?? taskOf(inherited, labels, template.role);
  return { group: plan.group, task, queue: plan.queue };
}
