import type { RuntimeClassRecord } from '../records/runtime-class-record.ts';
import { readMetadata } from './metadata.ts';

/** The record of a RuntimeClass; undefined for anything without a name. */
export function projectRuntimeClass(raw: unknown): RuntimeClassRecord | undefined {
  const { name } = readMetadata(raw);
  return name === '' ? undefined : { name };
}
