import { QUEUE_NAME_LABEL } from '../../../src/api/keys.ts';
import type { Lab } from './lab.ts';
import type { ExpectedGroup, Place, Trial } from './trial.ts';

/** The name of what trials submit. */
const TRIAL_NAME = 'trial';

/** An object without metadata. */
export interface Submission {
  readonly apiVersion: string;
  readonly kind: string;
  readonly spec: object;
}

/** An object that is submitted by kubectl, and what is to become of it before and after a change. */
export interface ObjectTrial {
  readonly client: string;
  readonly cpus: number;
  readonly object: Submission;
  readonly groups: readonly ExpectedGroup[];
  readonly changes?: readonly { readonly object: Submission; readonly groups: readonly ExpectedGroup[] }[];
}

/** Submits the object with its queue in the label that every kind may carry. */
export function ofObject({ client, cpus, object, groups, changes = [] }: ObjectTrial): Trial {
  return {
    client,
    cpus,
    groups,
    submit: (lab, place) => applyTo(lab, place, object),
    remove: (lab, place) => removed(lab, place, object),
    changes: changes.map((change) => ({
      make: (lab, place) => applyTo(lab, place, change.object),
      groups: change.groups,
    })),
  };
}

/** Applies the object in the namespace. */
async function applyTo(lab: Lab, { namespace, queue }: Place, object: Submission): Promise<void> {
  const metadata = { name: TRIAL_NAME, namespace, labels: { [QUEUE_NAME_LABEL]: queue } };
  await lab.kubectl(['apply', '-f', '-'], JSON.stringify({ ...object, metadata }));
}

/** Deletes it without waiting for its end. */
async function removed(lab: Lab, { namespace }: Place, { apiVersion, kind }: Submission): Promise<void> {
  const [group = ''] = apiVersion.split('/');
  await lab.kubectl(['-n', namespace, 'delete', `${kind}.${group}`, TRIAL_NAME, '--wait=false']);
}
