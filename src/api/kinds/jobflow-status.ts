import { MAX_HISTORIES } from '../limits.ts';
import { Enum, Fields, Int32, List, MapOf, Optional, Text, Timestamp } from './schema-helper.ts';
import { taskState, VCJOB_PHASES } from './vcjob-status.ts';

/** Phases of a flow. */
const JOBFLOW_PHASES = ['Succeed', 'Terminating', 'Failed', 'Running', 'Pending'] as const;

const phase = (description: string) => Optional(Enum(VCJOB_PHASES, description));
const jobNames = (description: string) => Optional(List(Text('Name of a job.'), description, { maxItems: 1024 }));

const history = Fields(
  {
    startTimestamp: Optional(Timestamp('When the job took the phase.')),
    endTimestamp: Optional(Timestamp('When it left the phase.')),
    state: phase('The phase.'),
  },
  'A phase that the job went through.',
);

const jobStatus = Fields(
  {
    name: Optional(Text('Name of the job.')),
    state: phase('Phase of the job. One that was completed and is gone since stays completed: it is not made again.'),
    startTimestamp: Optional(Timestamp('When the job was made.')),
    endTimestamp: Optional(Timestamp('When the job came to its end.')),
    restartCount: Optional(Int32('Restarts of the job so far.', { minimum: 0 })),
    runningHistories: Optional(
      List(history, `Phases that the job went through, the latest ${MAX_HISTORIES} of them.`, {
        maxItems: MAX_HISTORIES,
      }),
    ),
  },
  'Where a job of the flow stands.',
);

const condition = Fields(
  {
    phase: phase('Phase of the job.'),
    createTime: Optional(Timestamp('When the job was made.')),
    runningDuration: Optional(Text('How long the job ran, once it has come to its end.', { maxLength: 64 })),
    taskStatusCount: Optional(MapOf(taskState, 'Where its pods stand, task by task.')),
  },
  'What the status of a job says.',
);

/** Status of a JobFlow. */
export const jobflowStatus = Fields(
  {
    pendingJobs: jobNames('Jobs in phase Pending.'),
    runningJobs: jobNames('Jobs in phase Running.'),
    failedJobs: jobNames('Jobs in phase Failed.'),
    completedJobs: jobNames('Jobs in phase Completed.'),
    terminatedJobs: jobNames('Jobs in phase Terminated.'),
    unKnowJobs: jobNames('Jobs in any other phase, such as Restarting or Aborted, or in none yet.'),
    jobStatusList: Optional(List(jobStatus, 'Where the jobs stand that were made, one by one.', { maxItems: 1024 })),
    conditions: Optional(MapOf(condition, 'What the statuses of the jobs say, by the names of the jobs.')),
    state: Optional(
      Fields(
        {
          phase: Optional(
            Enum(
              JOBFLOW_PHASES,
              'Pending until a job runs; Running; Succeed once all jobs are completed; Failed once one failed or was terminated, and no further job is made then; Terminating while the flow is being deleted.',
            ),
          ),
        },
        'Where the flow stands.',
      ),
    ),
  },
  'Where the flow and its jobs stand; written by its controller.',
);
