import type { VcjobRecord } from '../../api/records/vcjob-record.ts';
import type { JobCounts } from './counts.ts';
import type { JobPlan } from './job-plan.ts';
import type { JobLife, JobPhase } from './life.ts';

/** The phase that a job takes by how its pods stand, and why where the phase does not say it. */
export interface PhaseNews {
  readonly phase: JobPhase;
  readonly message: string;
}

/** Of a job that waits for its pods, or runs. Volcano's rules. */
export function livePhase(job: VcjobRecord, plan: JobPlan, life: JobLife, counts: JobCounts): PhaseNews {
  const { running, succeeded, failed } = counts;
  if (life.phase === 'Running') return runningPhase(job, plan, counts);
  return told(plan.minAvailable <= running + succeeded + failed ? 'Running' : 'Pending');
}

function runningPhase({ spec }: VcjobRecord, plan: JobPlan, counts: JobCounts): PhaseNews {
  const { pending, succeeded, failed } = counts;
  const { minSuccess } = spec;
  if (plan.replicas === 0) return told('Running');
  if (minSuccess !== undefined && succeeded >= minSuccess) return told('Completed');
  if (succeeded + failed === plan.replicas) return outcome(spec, plan, counts);
  return told(pending > plan.replicas - plan.minAvailable ? 'Pending' : 'Running');
}

/** All pods have come to their end. */
function outcome({ minSuccess }: VcjobRecord['spec'], plan: JobPlan, { succeeded, byTask }: JobCounts): PhaseNews {
  const short =
    plan.minAvailable >= plan.taskMinima
      ? plan.tasks.find(
          (task) => task.hasOwnMinimum && (byTask.get(task.name)?.get('Succeeded') ?? 0) < task.minAvailable,
        )
      : undefined;
  if (short !== undefined) {
    const count = byTask.get(short.name)?.get('Succeeded') ?? 0;
    return failure(`Of task ${short.name} ${count} pods succeeded, and ${short.minAvailable} have to.`);
  }
  const least = minSuccess ?? plan.minAvailable;
  if (succeeded >= least) return told('Completed');
  return failure(`${succeeded} pods succeeded, and ${least} have to.`);
}

function told(phase: JobPhase): PhaseNews {
  return { phase, message: '' };
}

function failure(message: string): PhaseNews {
  return { phase: 'Failed', message };
}
