/** What Sluice keeps of a RuntimeClass: that it is there. */
export interface RuntimeClassRecord {
  readonly name: string;
}
