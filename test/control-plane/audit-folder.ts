/**
 * Where each control plane keeps what service accounts ask of it, for runs that check rights: the environment says so.
 * Undefined otherwise.
 */
export const AUDIT_FOLDER: string | undefined = process.env['SLUICE_E2E_AUDIT'];

let count = 0;

/** A file that nobody else writes: several tests run side by side. */
export function nextAuditLog(folder: string): string {
  count += 1;
  return `${folder}/${process.pid}-${count}.log`;
}
