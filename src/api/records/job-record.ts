/** What the controllers need of a batch/v1 Job that carries a group plan. */
export interface JobRecord {
  readonly key: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly deleting: boolean;
  /** Raw group plan annotation, empty when the webhook never saw it. */
  readonly groupPlan: string;
  /** Who places its pods, by its template. */
  readonly schedulerName: string;
  /** Complete or Failed condition is True. */
  readonly finished: boolean;
}
