import type { Bindings } from '../../src/cel/expression.ts';
import type { JsonObject, JsonValue } from '../../src/lib/json.ts';
import type { AdmissionRequest } from '../admission.ts';

/** What expressions look at, made when the first one asks. */
export function reviewInput(request: AdmissionRequest, namespaceLabels: () => JsonObject): () => Bindings {
  let made: Bindings | undefined;
  return () =>
    (made ??= {
      object: request.object ?? null,
      oldObject: request.oldObject ?? null,
      request: requestInput(request),
      namespaceObject: { metadata: { name: request.namespace, labels: namespaceLabels() } },
    });
}

/** The request as the API server gives it to expressions. */
export function requestInput(request: AdmissionRequest): JsonObject {
  const { uid, group, version, resource, subresource, namespace, name, operation, dryRun } = request;
  const extra = Object.fromEntries(Object.entries(request.userExtra).map(([key, values]) => [key, [...values]]));
  const userInfo = { username: request.username, uid: request.userUid, groups: [...request.userGroups], extra };
  const input: Record<string, JsonValue> = { uid, namespace, name, operation, dryRun, userInfo };
  return { ...input, subResource: subresource, resource: { group, version, resource } };
}
