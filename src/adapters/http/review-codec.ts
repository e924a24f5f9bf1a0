import { isUtf8 } from 'node:buffer';
import { isJsonObject, member } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { AdmissionRequest } from '../../../webhooks/admission.ts';
import type { TurnedAway } from '../../engine/admission/admission-answer.ts';
import { OVERLOADED } from '../../engine/admission/admission-answer.ts';
import { readRequest } from './admission-request.ts';
import type { JsonExtent } from './json-scan.ts';
import { scanJson } from './json-scan.ts';
import { reviewHead } from './review-head.ts';

/** A review's request; one whose objects are not read, and why; or one line on why the bytes are no review. */
export type Decoded =
  | { readonly kind: 'request'; readonly request: AdmissionRequest }
  | { readonly kind: 'unread'; readonly request: AdmissionRequest; readonly why: TurnedAway }
  | { readonly kind: 'refused'; readonly message: string };

/** Two objects of at most 3 MiB each, as the API server lets through, and an envelope. */
export const MAX_BODY_BYTES = 7 * 1024 * 1024;
/** Real workloads stay under 20. */
export const MAX_DEPTH = 64;
/** Twice as many for a change, which brings two objects. A Job of Volcano of 3,000 tasks that fits into etcd has 80,000. */
export const MAX_ELEMENTS = 100_000;
/** Of which reviews that are not very large have fewer: an object of 10,000 is rare, and a change brings two. */
export const EVERYDAY_ELEMENTS = 20_000;

const API_VERSION = 'admission.k8s.io/v1';
const KIND = 'AdmissionReview';

/**
 * Reads an AdmissionReview v1. Each member that a decision depends on must have its type: whatever is unclear is
 * refused, and the webhook's failure policy at the API server decides. `mayRead` is asked about very large ones, with the number
 * of their values.
 */
export function decodeReview(bytes: Buffer, mayRead: (values: number) => boolean = () => true): Decoded {
  if (bytes.length > MAX_BODY_BYTES) return refused('the body is larger than 7 MiB');
  const extent = scanJson(bytes);
  if (extent.depth <= MAX_DEPTH && extent.elements <= EVERYDAY_ELEMENTS) return readWhole(bytes);
  const head = readHead(bytes);
  if (head.kind === 'refused') return head;
  const why = whyUnread(extent, head.request, mayRead);
  return why === undefined ? readWhole(bytes) : { kind: 'unread', request: head.request, why };
}

function whyUnread(
  { depth, elements }: JsonExtent,
  { operation }: AdmissionRequest,
  mayRead: (values: number) => boolean,
): TurnedAway | undefined {
  if (depth > MAX_DEPTH) return tooLarge(`it nests ${depth} levels deep, and ${MAX_DEPTH} are read`);
  const most = operation === 'UPDATE' ? 2 * MAX_ELEMENTS : MAX_ELEMENTS;
  const what = operation === 'UPDATE' ? 'it and its earlier form have' : 'it has';
  if (elements > most) return tooLarge(`${what} ${elements} values, and ${most} are read`);
  return mayRead(elements) ? undefined : OVERLOADED;
}

function tooLarge(message: string): TurnedAway {
  return { reason: 'ObjectTooLarge', message };
}

function readWhole(bytes: Buffer): Decoded {
  // The parser would quietly put U+FFFD in place of broken bytes, and names would no longer be what was sent.
  if (!isUtf8(bytes)) return refused('the body is not UTF-8');
  return readReview(bytes.toString('utf8'));
}

/** The objects stand for those that are there: what else the request says has to be as it is for others. */
function readHead(bytes: Buffer): Exclude<Decoded, { readonly kind: 'unread' }> {
  const head = reviewHead(bytes);
  return head === undefined
    ? refused('the body is too large for what is no review')
    : readReview(head, { object: {}, oldObject: {} });
}

/** With these objects, if any, in place of those that it brings. */
function readReview(text: string, objects?: JsonObject): Exclude<Decoded, { readonly kind: 'unread' }> {
  const root = parse(text);
  if (!isJsonObject(root)) return refused('the body is not a JSON object');
  if (member(root, 'apiVersion') !== API_VERSION || member(root, 'kind') !== KIND) {
    return refused(`the body is not an ${API_VERSION} ${KIND}`);
  }
  const raw = member(root, 'request');
  if (!isJsonObject(raw)) return refused('the review has no request');
  const request = readRequest(objects === undefined ? raw : { ...raw, ...objects });
  return typeof request === 'string' ? refused(request) : { kind: 'request', request };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function refused(message: string): { readonly kind: 'refused'; readonly message: string } {
  return { kind: 'refused', message };
}
