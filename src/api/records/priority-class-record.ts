/** What Sluice keeps of a PriorityClass. */
export interface PriorityClassRecord {
  readonly name: string;
  readonly value: number;
  readonly isGlobalDefault: boolean;
  /** No pod may be evicted for work of this class (`preemptionPolicy: Never`). */
  readonly isPatient: boolean;
}
