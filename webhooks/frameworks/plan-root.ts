import { formatAmounts } from '../../src/api/amounts.ts';
import type { GroupPlan, PlannedTask } from '../../src/api/group-plan.ts';
import type { ResourceAmounts } from '../../src/api/records/scheduling-shape.ts';
import type { SignedSubmitter } from '../../src/api/submitter-claim.ts';
import type { WorkloadKindSpec } from '../../src/api/kinds/workload-kind.ts';
import { objectAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { wishedNetwork } from '../group-wishes.ts';
import { roomFor, sumOfRoom } from '../room.ts';
import { divided } from './read-root.ts';
import type { RootFacts, RootRole } from './read-root.ts';
import { specOf } from './role-size.ts';

/** What a root's plan does not take from its roles. */
export interface RootFrame extends SignedSubmitter {
  readonly group: string;
  readonly root: string;
  readonly queue: string;
  readonly owner: GroupPlan['owner'];
  /** How few pods a policy lets start, whatever the object says; absent where none does. */
  readonly policyMin?: number | undefined;
  /** The policies that were for it when it was made; absent for none. */
  readonly policies?: string | undefined;
}

/** True for kinds whose objects form gangs; of these, one that shows no roles is left to what is made from it. */
export function isPlanned({ grouping }: WorkloadKindSpec, { roles }: RootFacts): boolean {
  return (grouping === 'Workload' || grouping === 'Replica') && roles.length > 0;
}

/** The gang of an object, or of each of its replicas. */
export function planOfRoot(kind: WorkloadKindSpec, facts: RootFacts, frame: RootFrame): GroupPlan {
  const roles = divided(facts.roles, frame.policyMin);
  const tasks = roles.map(({ name, min, stage }) => ({ name, min, stage }));
  const network = wishedNetwork(...facts.roles.map(({ template }) => annotationsOf(template)));
  return {
    version: 1,
    group: frame.group,
    root: frame.root,
    queue: frame.queue,
    priorityClassName: facts.priorityClassName || templateClass(facts.roles),
    owner: frame.owner,
    ...(facts.isSuspended ? { isSuspended: true } : {}),
    ...(facts.isKept ? { isKept: true } : {}),
    ...(kind.grouping === 'Replica' ? { replicaLabel: kind.replicaLabel } : {}),
    ...(network === undefined ? {} : { network }),
    tasks: tasks.some(({ min }) => min > 0) ? tasks : withOne(tasks),
    ...(frame.submitter === undefined ? {} : { submitter: frame.submitter }),
    ...(frame.signature === undefined ? {} : { signature: frame.signature }),
    ...(frame.policies === undefined ? {} : { policies: frame.policies }),
    minResources: formatAmounts(roomOf(roles)),
  };
}

/** A spec alone has none. */
function annotationsOf(template: RootRole['template']): JsonObject {
  return objectAt(template?.isSpecOnly === false ? template.place.value : undefined, 'metadata', 'annotations');
}

/** What the minima of all roles need. */
function roomOf(roles: readonly RootRole[]): ResourceAmounts {
  return roles.reduce<ResourceAmounts>((sum, { size, min }) => sumOfRoom(sum, roomFor(size, min)), new Map());
}

/** A gang of nobody would be complete before it begins: pods may come before the next plan does. */
function withOne(tasks: readonly PlannedTask[]): readonly PlannedTask[] {
  const first = tasks.reduce((a, b) => (b.stage < a.stage ? b : a), tasks[0] ?? NOBODY);
  return tasks.map((task) => (task === first ? { ...task, min: 1 } : task));
}

const NOBODY: PlannedTask = { name: '', min: 0, stage: 0 };

function templateClass(roles: readonly RootRole[]): string {
  for (const { template } of roles) {
    const name = stringAt(template && specOf(template), ['priorityClassName']);
    if (name !== '') return name;
  }
  return '';
}
