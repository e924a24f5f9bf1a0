import Type from 'typebox';
import { Enum, Fields, Int32, List, MapOf, Optional, Text, Timestamp } from './schema-helper.ts';

/** Phases of a job. */
export const VCJOB_PHASES = [
  'Pending',
  'Aborting',
  'Aborted',
  'Running',
  'Restarting',
  'Completing',
  'Completed',
  'Terminating',
  'Terminated',
  'Failed',
] as const;

/** Room for the reason of a controller. */
const MESSAGE_LENGTH = 32_768;

const state = Fields(
  {
    phase: Optional(
      Enum(
        VCJOB_PHASES,
        'Pending waits for its pods, Running has enough of them; Completed, Failed and Terminated are ends; Aborted can be resumed. The others lead there.',
      ),
    ),
    reason: Optional(Text('Code that says why.', { maxLength: 1024 })),
    message: Optional(Text('A sentence that says why.', { maxLength: MESSAGE_LENGTH })),
    lastTransitionTime: Optional(Timestamp('When the job took this phase.')),
  },
  'Where the job stands.',
);

const condition = Fields(
  {
    status: Text('Phase that the job took.'),
    lastTransitionTime: Optional(Timestamp('When it last did.')),
  },
  'A phase that the job went through.',
);

/** Where the pods of one task stand. */
export const taskState = Fields(
  { phase: Optional(MapOf(Int32('Pods in that phase.'), 'Pods by their phase.')) },
  'Where the pods of a task stand.',
);

/** Status of a Job of batch.volcano.sh. */
export const vcjobStatus = Fields(
  {
    state: Optional(state),
    minAvailable: Optional(Int32('Pods that have to be placed together.')),
    taskStatusCount: Optional(MapOf(taskState, 'Where the pods stand, task by task.')),
    completedIndexes: Optional(
      MapOf(
        Text('Indexes, such as 0-2,5.'),
        'Places of each task whose pods succeeded: they are done, whether the pod is still there or not.',
      ),
    ),
    pending: Optional(Int32('Pods that wait.', { minimum: 0 })),
    running: Optional(Int32('Pods that run.', { minimum: 0 })),
    succeeded: Optional(Int32('Pods that ended well.', { minimum: 0 })),
    failed: Optional(Int32('Pods that failed.', { minimum: 0 })),
    terminating: Optional(Int32('Pods on their way out.', { minimum: 0 })),
    unknown: Optional(Int32('Pods of which nobody knows.', { minimum: 0 })),
    version: Optional(Int32('Grows by one each time pods are killed; pods carry the one that they were made in.')),
    oldestVersion: Optional(
      Int32(
        'Pods of an earlier version than this are to go; smaller than version where only some pods were restarted since.',
      ),
    ),
    observedGeneration: Optional(
      Type.Integer({ description: 'Generation of the spec that was looked at last.', minimum: 0 }),
    ),
    retryCount: Optional(Int32('Restarts so far; to go on after a suspension is none.')),
    runningDuration: Optional(Text('How long the job ran, once it has come to its end.', { maxLength: 64 })),
    controlledResources: Optional(
      MapOf(
        Text('Name of what was made.'),
        'What was made for the job, by a key of the controller: plugins and claims by their names, and hosts: the generation of the job whose hosts are written down for its pods.',
      ),
    ),
    conditions: Optional(List(condition, 'Phases that the job went through, one entry each.', { maxItems: 64 })),
  },
  'Where the job stands; written by its controller.',
);
