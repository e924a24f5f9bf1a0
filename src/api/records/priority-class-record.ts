/** What Sluice keeps of a PriorityClass. */
export interface PriorityClassRecord {
  readonly name: string;
  readonly value: number;
  readonly isGlobalDefault: boolean;
}
