import { createHash } from 'node:crypto';
import type { PolicyReading } from '../config/policy-source.ts';
import { readPolicy } from '../config/read-policy.ts';
import { readVolcanosPolicy } from '../config/read-volcanos-policy.ts';
import { readYaml } from './yaml-text.ts';

/** Six bytes: every such number is exact in JavaScript and in Prometheus. */
const HASH_BYTES = 6;
/** Reads a scheduler configuration from its YAML text; whatever is wrong with it is told. */
export function readPolicyText(text: string, written: 'ours' | 'volcanos' = 'ours'): PolicyReading {
  const parsed = readYaml(text);
  if (parsed.kind === 'errors') return parsed;
  const result = written === 'ours' ? readPolicy(parsed.value) : readVolcanosPolicy(parsed.value);
  return result.kind === 'errors' ? result : { ...result, hash: hashOf(text) };
}

function hashOf(text: string): number {
  return createHash('sha256').update(text).digest().readUIntBE(0, HASH_BYTES);
}
