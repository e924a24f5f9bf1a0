import { isUtf8 } from 'node:buffer';
import { isJsonObject, member } from '../../lib/json.ts';
import type { AdmissionRequest } from '../../../webhooks/admission.ts';
import { readRequest } from './admission-request.ts';
import { scanJson } from './json-scan.ts';

/** A review's request, or one line on why the bytes are no review. */
export type Decoded =
  | { readonly kind: 'request'; readonly request: AdmissionRequest }
  | { readonly kind: 'refused'; readonly message: string };

/** Two objects of at most 3 MiB each, as the API server lets through, and an envelope. */
export const MAX_BODY_BYTES = 7 * 1024 * 1024;
/** Real workloads stay under 20. */
export const MAX_DEPTH = 64;
/** A parser takes about a microsecond a value, and nothing else is answered meanwhile. Large real objects have 10,000 at most. */
export const MAX_ELEMENTS = 20_000;

const API_VERSION = 'admission.k8s.io/v1';
const KIND = 'AdmissionReview';

/**
 * Reads an AdmissionReview v1. Each member that a decision depends on must have its type: whatever is unclear is
 * refused, and the webhook's failure policy at the API server decides.
 */
export function decodeReview(bytes: Buffer): Decoded {
  if (bytes.length > MAX_BODY_BYTES) return refused('the body is larger than 7 MiB');
  const extent = scanJson(bytes);
  if (extent.depth > MAX_DEPTH) return refused(`the body nests deeper than ${MAX_DEPTH} levels`);
  if (extent.elements > MAX_ELEMENTS) return refused(`the body has more than ${MAX_ELEMENTS} values`);
  // The parser would quietly put U+FFFD in place of broken bytes, and names would no longer be what was sent.
  if (!isUtf8(bytes)) return refused('the body is not UTF-8');
  const root = parse(bytes);
  if (!isJsonObject(root)) return refused('the body is not a JSON object');
  if (member(root, 'apiVersion') !== API_VERSION || member(root, 'kind') !== KIND) {
    return refused(`the body is not an ${API_VERSION} ${KIND}`);
  }
  const raw = member(root, 'request');
  if (!isJsonObject(raw)) return refused('the review has no request');
  const request = readRequest(raw);
  return typeof request === 'string' ? refused(request) : { kind: 'request', request };
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

function refused(message: string): Decoded {
  return { kind: 'refused', message };
}
