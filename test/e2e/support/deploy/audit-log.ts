import { readFile } from 'node:fs/promises';
import { isJsonObject, memberAt, numberAt, stringAt } from '../../../../src/lib/json.ts';
import { WRITE_LIMITS } from '../../../../tools/deploy/write-limits.ts';
import type { ControlPlane } from '../../../control-plane/launch.ts';

/** One request that the API server has answered. */
export interface AskedRequest {
  /** What the program calls itself: `sluice`, `kubectl/v1.37.2 ...`. */
  readonly program: string;
  readonly user: string;
  /** `create pods/binding`, with the group of other kinds than core ones: `patch queues.scheduling.volcano.sh/status`. */
  readonly right: string;
  /** Of the object; empty for all. */
  readonly name: string;
  readonly status: number;
  /** No role allows it, or the limits of the manifests forbid it; all else that is refused is about the object. */
  readonly isDenied: boolean;
  /** Why it was refused; empty when it was not. */
  readonly message: string;
}

/** All requests for objects in the audit log so far. */
export async function askedRequests({ auditLogPath }: ControlPlane): Promise<readonly AskedRequest[]> {
  if (auditLogPath === undefined) throw new Error('this control plane keeps no audit log');
  return requestsIn(auditLogPath);
}

/** All requests for objects in an audit log. */
export async function requestsIn(path: string): Promise<readonly AskedRequest[]> {
  const lines = (await readFile(path, 'utf8')).split('\n').filter((line) => line !== '');
  return lines
    .map((line): unknown => JSON.parse(line))
    .filter(isJsonObject)
    .filter(isForObject)
    .map(request);
}

function isForObject(event: unknown): boolean {
  return isJsonObject(memberAt(event, 'objectRef'));
}

function request(event: unknown): AskedRequest {
  const about = (key: string): string => stringAt(event, ['objectRef', key]);
  const [group, part] = [about('apiGroup'), about('subresource')];
  const resource = `${about('resource')}${group === '' ? '' : `.${group}`}${part === '' ? '' : `/${part}`}`;
  const message = stringAt(event, ['responseStatus', 'message']);
  const isForbidden = stringAt(event, ['annotations', 'authorization.k8s.io/decision']) === 'forbid';
  return {
    program: stringAt(event, ['userAgent']),
    user: stringAt(event, ['user', 'username']),
    right: `${stringAt(event, ['verb'])} ${resource}`,
    name: about('name'),
    status: numberAt(event, ['responseStatus', 'code'], 0),
    isDenied: isForbidden || message.includes(WRITE_LIMITS),
    message,
  };
}
