import { AUDIT_FOLDER } from '../../../control-plane/audit-folder.ts';

/** Leaves a test out of runs that check rights, and tells why: there Sluice is two processes, each with an account of its own. */
export function needsOneProcess(test: Mocha.Context, why: string): void {
  if (AUDIT_FOLDER === undefined) return;
  console.log(`      not in a run that checks rights: ${why}`);
  test.skip();
}
