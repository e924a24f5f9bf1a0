import type { Denial, ReviewAnswer } from '../../engine/admission/admission-answer.ts';
import type { FieldError } from '../../lib/field-error.ts';
import type { AdmissionRequest } from '../../../webhooks/admission.ts';

const HEAD = '{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","response":{"uid":';

/**
 * The AdmissionReview that answers a request; JSON. Put together by hand: the envelope is the same each time, and the
 * request is never echoed. Patch and patch type come together or not at all, and never with a refusal.
 */
export function encodeReview(request: AdmissionRequest, answer: ReviewAnswer): string {
  const { denial, patch, warnings, audit } = answer;
  let text = `${HEAD}${JSON.stringify(answer.uid)},"allowed":${denial === undefined}`;
  if (denial !== undefined) text += `,"status":${JSON.stringify(statusOf(request, denial))}`;
  else if (patch.length > 0) text += `,"patchType":"JSONPatch","patch":"${base64(JSON.stringify(patch))}"`;
  if (warnings.length > 0) text += `,"warnings":${JSON.stringify(warnings)}`;
  if (!isEmpty(audit)) text += `,"auditAnnotations":${JSON.stringify(audit)}`;
  return `${text}}}`;
}

function statusOf(request: AdmissionRequest, denial: Denial): object {
  const { code, reason, message, causes, retryAfterSeconds } = denial;
  const details = {
    ...(request.name === '' ? {} : { name: request.name }),
    group: request.group,
    kind: request.resource,
    ...(causes.length === 0 ? {} : { causes: causes.map(causeOf) }),
    ...(retryAfterSeconds === 0 ? {} : { retryAfterSeconds }),
  };
  return { status: 'Failure', code, reason, message, details };
}

function causeOf(error: FieldError): object {
  const message = error.value === '' ? error.message : `${JSON.stringify(error.value)}: ${error.message}`;
  return { reason: error.kind, message, field: error.path };
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}

function isEmpty(audit: Readonly<Record<string, string>>): boolean {
  for (const _key in audit) return false;
  return true;
}
