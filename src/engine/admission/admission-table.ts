import type { AdmissionRequest } from '../../../webhooks/admission.ts';
import type { RegistryEntry } from '../../../webhooks/registry-entry.ts';

/** Which half of the webhooks asks. */
export type Phase = RegistryEntry['phase'];

/** Rows of the registry table by what a request names; rows keep their table order. */
export type AdmissionTable = ReadonlyMap<string, readonly RegistryEntry[]>;

const NO_ROWS: readonly RegistryEntry[] = Object.freeze([]);

/** Indexes the registry table once, at start. */
export function indexTable(table: readonly RegistryEntry[]): AdmissionTable {
  const index = new Map<string, RegistryEntry[]>();
  for (const row of table) {
    for (const operation of row.operations) {
      const key = keyOf(row.phase, row.group, row.version, row.resource, operation);
      const rows = index.get(key);
      if (rows === undefined) index.set(key, [row]);
      else rows.push(row);
    }
  }
  return index;
}

/** Rows that answer the request; a row for `pods` is not asked about `pods/status`, one that names the latter is. */
export function rowsFor(table: AdmissionTable, phase: Phase, request: AdmissionRequest): readonly RegistryEntry[] {
  const { group, version, operation } = request;
  const resource = request.subresource === '' ? request.resource : `${request.resource}/${request.subresource}`;
  return table.get(keyOf(phase, group, version, resource, operation)) ?? NO_ROWS;
}

function keyOf(phase: Phase, group: string, version: string, resource: string, operation: string): string {
  return `${phase} ${operation} ${group} ${version} ${resource}`;
}
