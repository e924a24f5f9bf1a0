/** An owner reference. */
export interface OwnerRecord {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
}
