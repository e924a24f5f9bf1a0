import type { PolicyRoot } from '../src/api/records/policy.ts';
import { objectAt, stringAt } from '../src/lib/json.ts';
import type { JsonObject } from '../src/lib/json.ts';
import { namedGroup } from './named-group.ts';
import { namedQueue } from './queue-choice.ts';
import type { QueueChoice } from './queue-choice.ts';
import { roleOf, schedulerKind } from './stamp.ts';
import type { SchedulerKind } from './stamp.ts';

/** What a pod, or the template that pods are made from, says of itself; read once. */
export interface TemplateFacts {
  /** The pod or the template. */
  readonly object: JsonObject;
  /** Where it stands in the object under review: empty for a pod, such as `spec.template.` for a template. */
  readonly path: string;
  readonly annotations: JsonObject;
  readonly labels: JsonObject;
  readonly spec: JsonObject;
  readonly schedulerName: string;
  readonly scheduler: SchedulerKind;
  /** Group that it names; empty when none. */
  readonly group: string;
  /** Role in the group, fit for a label; empty when none is named. */
  readonly role: string;
  readonly queue: QueueChoice | undefined;
  readonly priorityClassName: string;
  /** The kind of what it is part of, asked for by few; absent where what the view knows has to do. */
  readonly rootOf?: () => PolicyRoot | undefined;
}

/** Reads the facts of a pod (empty path) or a template. */
export function readTemplateFacts(object: JsonObject, path: string): TemplateFacts {
  const annotations = objectAt(object, 'metadata', 'annotations');
  const labels = objectAt(object, 'metadata', 'labels');
  const spec = objectAt(object, 'spec');
  const schedulerName = stringAt(spec, ['schedulerName']);
  return {
    object,
    path,
    annotations,
    labels,
    spec,
    schedulerName,
    scheduler: schedulerKind(schedulerName),
    group: namedGroup(annotations),
    role: roleOf(labels, annotations),
    queue: namedQueue(labels, annotations, path),
    priorityClassName: stringAt(spec, ['priorityClassName']),
  };
}
