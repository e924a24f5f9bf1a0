/** What the controller of Volcano's Jobs keeps of a pod that such a Job controls. */
export interface JobPodRecord {
  /** UID of its Job: a namesake that was made later has another. */
  readonly jobUid: string;
  /** Name of its task; empty when the pod does not say. */
  readonly task: string;
  /** Its place in the task, from 0 on; -1 when the pod does not say. */
  readonly index: number;
  /** The job's version that it was made in; 0 when the pod does not say. */
  readonly version: number;
  /** The job's retries when it was made. */
  readonly retryCount: number;
  /** The part of its task that it is in, as the label says it; empty when the task has no parts. */
  readonly partition: string;
  /** Its controller has said that it takes the pod away. */
  readonly isOutOfSync: boolean;
  /** It was made in the place of one that was evicted. */
  readonly replacesEvicted: boolean;
  /** Of its first container, once that has ended and is not running again. */
  readonly exitCode: number | undefined;
  /** When its first container ended, milliseconds since 1970; 0 while it has not. */
  readonly finishedMs: number;
  /** Restarts of all its containers and init containers together. */
  readonly restarts: number;
  /** IP address that reaches it alone; empty before it has one, and for a pod in the network of its node. */
  readonly address: string;
  /** All its containers are ready; false before it has any status. */
  readonly ready: boolean;
}
