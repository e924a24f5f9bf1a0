import type { AdmissionRequest } from '../../../webhooks/admission.ts';
import type { AdmissionRow } from '../../../webhooks/row.ts';
import { volcanoPathOf } from '../../../webhooks/volcano/paths.ts';

/** Which half of the webhooks asks. */
export type Phase = AdmissionRow['phase'];

/** Rows of the registry table by what a request names; rows keep their table order. */
export type AdmissionTable = ReadonlyMap<string, readonly AdmissionRow[]>;

const NO_ROWS: readonly AdmissionRow[] = Object.freeze([]);

/** Indexes the registry table once, at start: by row for the webhook of one row, and without it for all of a phase. */
export function indexTable(table: readonly AdmissionRow[]): AdmissionTable {
  const index = new Map<string, AdmissionRow[]>();
  for (const row of table) {
    for (const operation of row.operations) {
      for (const id of idsOf(row)) {
        const key = keyOf(row.phase, id, row, operation);
        const rows = index.get(key);
        if (rows === undefined) index.set(key, [row]);
        else rows.push(row);
      }
    }
  }
  return index;
}

/** Rows that answer the request; a row for `pods` is not asked about `pods/status`, one that names the latter is. */
export function rowsFor(
  table: AdmissionTable,
  phase: Phase,
  request: AdmissionRequest,
  rowId: string,
): readonly AdmissionRow[] {
  const { group, version, operation } = request;
  const resource = request.subresource === '' ? request.resource : `${request.resource}/${request.subresource}`;
  return table.get(keyOf(phase, rowId, { group, version, resource }, operation)) ?? NO_ROWS;
}

/** A row is asked under its id, under Volcano's name for its path, and with all of its phase. */
function idsOf(row: AdmissionRow): readonly string[] {
  const part = volcanoPathOf(row);
  return part === undefined ? [row.id, ''] : [row.id, part, ''];
}

/** True for what some row of the phase is asked under. */
export function isServed(table: readonly AdmissionRow[], phase: Phase, id: string): boolean {
  return id === '' || table.some((row) => row.phase === phase && idsOf(row).includes(id));
}

function keyOf(
  phase: Phase,
  id: string,
  { group, version, resource }: Pick<AdmissionRow, 'group' | 'version' | 'resource'>,
  operation: string,
): string {
  return `${phase}/${id} ${operation} ${group} ${version} ${resource}`;
}
