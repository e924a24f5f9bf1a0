import { expect } from 'chai';
import type { PodGroupPhase } from '../../../src/api/records/pod-group-record.ts';
import type { ReasonCode } from '../../../src/api/reasons.ts';
import { Job } from '../../../src/scheduler/model/job.ts';
import type { Refusal } from '../../../src/scheduler/model/refusal.ts';
import type { StatusDecision } from '../../../src/scheduler/session/decision.ts';
import { jobStatus, settlePhase } from '../../../src/scheduler/session/job-status.ts';
import { TaskStatus } from '../../../src/scheduler/model/task-status.ts';
import { makePodGroup } from '../../support/records.ts';

type Counts = Partial<Record<keyof typeof TaskStatus, number>>;

interface Case {
  readonly name: string;
  readonly min: number;
  readonly before: PodGroupPhase;
  readonly counts: Counts;
  readonly refusal?: ReasonCode;
  /** Sluice made the group for an object that lives. */
  readonly hasRoot?: keyof typeof ROOTS;
  readonly phase: PodGroupPhase;
  /** `type reason` of the condition. */
  readonly condition?: string;
  /** Of a condition that nobody's refusal stands behind. */
  readonly message?: string;
}

const ROOTS = {
  Job: { apiVersion: 'batch/v1', kind: 'Job' },
  ReplicaSet: { apiVersion: 'apps/v1', kind: 'ReplicaSet' },
  PyTorchJob: { apiVersion: 'kubeflow.org/v1', kind: 'PyTorchJob' },
  vcjob: { apiVersion: 'batch.volcano.sh/v1alpha1', kind: 'Job' },
} as const;
const SCHEDULED = 'Scheduled tasks in gang are ready to be scheduled';
const SHORT = 'Unschedulable NotEnoughResources';
const LACKS_PODS = 'Unschedulable NotEnoughTasks';

const CASES: readonly Case[] = [
  {
    name: 'a new gang without pods is pending, and what it lacks',
    min: 2,
    before: '',
    counts: {},
    phase: 'Pending',
    condition: LACKS_PODS,
    message: 'PodGroup ns/a needs 2 pods and has 0.',
  },
  {
    name: 'a group of nobody that came to its end stays so when its pods are taken away',
    min: 1,
    before: 'Completed',
    counts: {},
    phase: 'Completed',
  },
  {
    name: 'a gang of nobody that came to its end stays so when one of its pods is taken away',
    min: 2,
    before: 'Completed',
    counts: { Failed: 1 },
    phase: 'Completed',
  },
  {
    name: 'a gang of nobody that came to its end asks again when a new pod comes',
    min: 2,
    before: 'Completed',
    counts: { Pending: 1 },
    refusal: 'WaitingInQueue',
    phase: 'Pending',
    condition: SHORT,
  },
  { name: 'a new group of one without its pod is pending', min: 1, before: '', counts: {}, phase: 'Pending' },
  {
    name: 'a group that waits for its queue is pending',
    min: 2,
    before: '',
    counts: { Pending: 2 },
    refusal: 'WaitingInQueue',
    phase: 'Pending',
    condition: SHORT,
  },
  {
    name: 'a group that was let in stays so while it does not fit',
    min: 2,
    before: 'Inqueue',
    counts: { Pending: 2 },
    refusal: 'NotEnoughResources',
    phase: 'Inqueue',
    condition: SHORT,
  },
  {
    name: 'a group that lacks pods says that in its reason',
    min: 2,
    before: 'Inqueue',
    counts: { Pending: 1 },
    refusal: 'NotEnoughPods',
    phase: 'Inqueue',
    condition: 'Unschedulable NotEnoughTasks',
  },
  {
    name: 'a group that lacks pods of a role says so',
    min: 2,
    before: 'Inqueue',
    counts: { Pending: 2 },
    refusal: 'NotEnoughPodsOfTask',
    phase: 'Inqueue',
    condition: 'Unschedulable NotEnoughPodsOfTask',
  },
  {
    name: 'a group on its way to its nodes runs',
    min: 2,
    before: 'Inqueue',
    counts: { Binding: 2 },
    phase: 'Running',
    condition: SCHEDULED,
  },
  {
    name: 'a group whose pods are bound runs',
    min: 2,
    before: 'Inqueue',
    counts: { Bound: 1, Running: 1 },
    phase: 'Running',
    condition: SCHEDULED,
  },
  {
    name: 'an elastic group whose rest is refused runs and is scheduled',
    min: 1,
    before: 'Running',
    counts: { Running: 1, Pending: 2 },
    refusal: 'NotEnoughResources',
    phase: 'Running',
    condition: SCHEDULED,
  },
  {
    name: 'a group that runs below its minimum and is refused is unknown',
    min: 3,
    before: 'Running',
    counts: { Running: 2, Pending: 1 },
    refusal: 'NotEnoughResources',
    phase: 'Unknown',
    condition: SHORT,
  },
  {
    name: 'a group that runs below its minimum, lost or raised, and waits for a new pod is unknown',
    min: 3,
    before: 'Running',
    counts: { Running: 2 },
    phase: 'Unknown',
    condition: LACKS_PODS,
    message: 'PodGroup ns/a needs 3 pods and has 2.',
  },
  {
    name: 'a group that runs below its minimum is unknown while its root makes the others',
    min: 3,
    before: 'Running',
    counts: { Running: 2 },
    hasRoot: 'Job',
    phase: 'Unknown',
    condition: LACKS_PODS,
    message: 'PodGroup ns/a needs 3 pods and has 2.',
  },
  {
    name: 'a group that runs below its minimum stays in while its Job of Volcano makes the others, whose policies an unknown one wakes',
    min: 3,
    before: 'Running',
    counts: { Running: 2 },
    hasRoot: 'vcjob',
    phase: 'Inqueue',
  },
  {
    name: 'a group that runs below its minimum while one of its pods goes stays in while its root makes the others',
    min: 3,
    before: 'Running',
    counts: { Running: 1, Releasing: 1 },
    hasRoot: 'Job',
    phase: 'Inqueue',
  },
  {
    name: 'a group that lost all its members asks again, whoever makes them',
    min: 3,
    before: 'Running',
    counts: { Pending: 3 },
    hasRoot: 'Job',
    phase: 'Pending',
  },
  {
    name: 'a group of which some are being deleted still runs',
    min: 2,
    before: 'Running',
    counts: { Running: 1, Releasing: 1 },
    phase: 'Running',
  },
  {
    name: 'a group of which all ended well is completed',
    min: 2,
    before: 'Running',
    counts: { Succeeded: 2 },
    phase: 'Completed',
    condition: SCHEDULED,
  },
  {
    name: 'a group of which all ended, some badly, is completed',
    min: 2,
    before: 'Running',
    counts: { Succeeded: 1, Failed: 1 },
    phase: 'Completed',
  },
  {
    name: 'a group of which some ended runs',
    min: 2,
    before: 'Running',
    counts: { Succeeded: 1, Running: 1 },
    phase: 'Running',
    condition: SCHEDULED,
  },
  {
    name: 'a group whose ReplicaSet wants no pods any more is completed',
    min: 1,
    before: 'Running',
    counts: {},
    hasRoot: 'ReplicaSet',
    phase: 'Completed',
  },
  {
    name: 'a group whose ReplicaSet wants no pods stays completed',
    min: 1,
    before: 'Completed',
    counts: {},
    hasRoot: 'ReplicaSet',
    phase: 'Completed',
  },
  {
    name: 'a group whose ReplicaSet has made none yet is pending',
    min: 1,
    before: '',
    counts: {},
    hasRoot: 'ReplicaSet',
    phase: 'Pending',
  },
  {
    name: 'a group of a Job without pods is pending: the Job makes others',
    min: 1,
    before: 'Running',
    counts: {},
    hasRoot: 'Job',
    phase: 'Pending',
  },
  {
    name: 'a group of nobody without pods is pending, for whoever made it',
    min: 1,
    before: 'Running',
    counts: {},
    phase: 'Pending',
  },
  {
    name: 'a gang whose operator took its pods away is completed: nobody can be asked whether it makes others',
    min: 3,
    before: 'Running',
    counts: {},
    hasRoot: 'PyTorchJob',
    phase: 'Completed',
  },
  {
    name: 'a gang of which its operator left the one that ended is completed',
    min: 3,
    before: 'Running',
    counts: { Succeeded: 1 },
    hasRoot: 'PyTorchJob',
    phase: 'Completed',
  },
  {
    name: 'a gang whose operator made its pods anew asks again',
    min: 3,
    before: 'Completed',
    counts: { Pending: 3 },
    hasRoot: 'PyTorchJob',
    phase: 'Pending',
  },
  {
    name: 'a gang whose operator has made no pods yet is pending',
    min: 3,
    before: '',
    counts: {},
    hasRoot: 'PyTorchJob',
    phase: 'Pending',
    condition: LACKS_PODS,
    message: 'PodGroup ns/a needs 3 pods and has 0.',
  },
  {
    name: 'a gang of a ReplicaSet that lost all its pods asks again',
    min: 3,
    before: 'Running',
    counts: {},
    hasRoot: 'ReplicaSet',
    phase: 'Pending',
    condition: LACKS_PODS,
    message: 'PodGroup ns/a needs 3 pods and has 0.',
  },
  {
    name: 'a group of which too few ended is pending',
    min: 3,
    before: 'Running',
    counts: { Succeeded: 2 },
    phase: 'Pending',
    condition: LACKS_PODS,
    message: 'PodGroup ns/a needs 3 pods and has 2.',
  },
];

/** Of a cycle; looked at again it is the same. */
function statusAtEnd(job: Job, refusal: Refusal | undefined): StatusDecision {
  settlePhase(job, refusal !== undefined);
  const status = jobStatus(job, refusal);
  expect(settlePhase(job, refusal !== undefined)).to.equal(false);
  return status;
}

describe("a group's status", () => {
  for (const { name, min, before, counts, refusal, hasRoot, phase, condition, message } of CASES) {
    it(`says that ${name}`, () => {
      const owner = hasRoot && { ...ROOTS[hasRoot], name: 'a', uid: 'u' };
      const job = new Job(makePodGroup('a', min, { phase: before, owner }));
      for (const [status, by] of Object.entries(counts)) job.shift(TaskStatus[status as keyof typeof TaskStatus], by);
      const told = statusAtEnd(job, refusal === undefined ? undefined : { code: refusal, message: 'why' });
      expect(told.phase).to.equal(phase);
      expect(job.phase).to.equal(phase);
      expect(told.condition && `${told.condition.type} ${told.condition.reason}`).to.equal(condition);
      const words = message ?? (refusal === undefined ? '' : 'why');
      expect(told.condition?.message ?? 'none').to.be.oneOf(message === undefined ? ['none', '', words] : [words]);
      const { Running = 0, Succeeded = 0, Failed = 0 } = counts;
      expect([told.running, told.succeeded, told.failed]).to.deep.equal([Running, Succeeded, Failed]);
    });
  }

  it('says that the API server refuses the pods of a Job of Volcano, and nothing of one whose pods are about to be made', () => {
    const owner = { ...ROOTS.vcjob, name: 'a', uid: 'u' };
    const hints = new Map([['sluice.dev/pods-refused', 'exceeded quota: q']]);
    for (const min of [1, 2]) {
      const job = new Job(makePodGroup('a', min, { phase: 'Inqueue', owner }));
      expect(statusAtEnd(job, undefined).condition).to.equal(undefined);
      const refused = new Job(makePodGroup('a', min, { phase: 'Inqueue', owner, hints }));
      expect(statusAtEnd(refused, undefined).condition).to.deep.equal({
        type: 'Unschedulable',
        status: 'True',
        reason: 'NotEnoughTasks',
        message: `PodGroup ns/a needs ${min} pods and has 0. The API server refuses the others (exceeded quota: q).`,
      });
    }
  });

  it('says no longer why it waited when its root ended before it could start', () => {
    const waits = { type: 'Unschedulable', status: 'True', reason: 'NeverFits', message: 'too large' };
    const known = { ...waits, transitionID: '', lastTransitionTime: '' };
    const job = new Job(makePodGroup('a', 2, { phase: 'Pending', rootState: 'Ended', conditions: [known] }));
    const told = statusAtEnd(job, undefined);
    expect(told.phase).to.equal('Completed');
    expect(told.condition).to.deep.include({ type: 'Unschedulable', status: 'False', reason: 'Ended' });
    job.update({ ...job.record, conditions: [{ ...known, status: 'False', reason: 'Ended' }] });
    expect(statusAtEnd(job, undefined).condition).to.equal(undefined);
  });
});
