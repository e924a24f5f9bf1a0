import { readFile } from 'node:fs/promises';
import { isJsonObject, memberAt, numberAt, stringAt } from '../../../../src/lib/json.ts';
import type { ControlPlane } from '../../../control-plane/launch.ts';

/** One request that the API server has answered. */
export interface AskedRequest {
  readonly user: string;
  /** `create pods/binding`, with the group of other kinds than core ones: `patch queues.scheduling.volcano.sh/status`. */
  readonly right: string;
  readonly status: number;
}

/** All requests for objects in the audit log so far. */
export async function askedRequests({ auditLogPath }: ControlPlane): Promise<readonly AskedRequest[]> {
  if (auditLogPath === undefined) throw new Error('this control plane keeps no audit log');
  const lines = (await readFile(auditLogPath, 'utf8')).split('\n').filter((line) => line !== '');
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
  return {
    user: stringAt(event, ['user', 'username']),
    right: `${stringAt(event, ['verb'])} ${resource}`,
    status: numberAt(event, ['responseStatus', 'code'], 0),
  };
}
