import type { Discovery, ServedResource } from '../../../engine/ports.ts';
import { arrayAt, isJsonObject, member, stringAt } from '../../../lib/json.ts';
import type { JsonObject } from '../../../lib/json.ts';
import type { AnswerReceiver } from '../connect/exchange.ts';
import type { KubeHttp } from '../connect/http-client.ts';

const TIMEOUT_MS = 5000;
const NOTHING: JsonObject = Object.freeze({});

/** Asks an API server for the kinds that it serves; every authenticated user may. */
export function createDiscovery(http: KubeHttp): Discovery {
  return {
    async groupVersions() {
      const answer = await read(http, '/apis');
      return answer && new Set(objects(answer, 'groups').flatMap((group) => versionsOf(group)));
    },
    async resources(groupVersion) {
      const answer = await read(http, `/apis/${groupVersion}`);
      return answer && objects(answer, 'resources').filter(isFollowable).map(servedResource);
    },
  };
}

/** Of which release of Kubernetes 1 the server is, or acts as if it were; undefined when it could not be learned. */
export async function askRelease(http: KubeHttp): Promise<number | undefined> {
  const answer = await read(http, '/version');
  // Some providers write `34+`.
  const minor = parseInt(stringAt(answer, ['emulationMinor'], stringAt(answer, ['minor'])), 10);
  return Number.isNaN(minor) ? undefined : minor;
}

/** The object at the path, an empty one where there is none; undefined when the server did not say. */
function read(http: KubeHttp, path: string): Promise<JsonObject | undefined> {
  return new Promise((resolve) => {
    const receiver: AnswerReceiver = {
      wantsBody: (status) => status === 200,
      onAnswer: (status, _, body) => resolve(status === 404 ? NOTHING : parsed(status, body)),
      onFailure: () => resolve(undefined),
    };
    http.send({ method: 'GET', path, contentType: '', body: null }, receiver, TIMEOUT_MS);
  });
}

function parsed(status: number, body: string): JsonObject | undefined {
  if (status !== 200) return undefined;
  try {
    const answer: unknown = JSON.parse(body);
    return isJsonObject(answer) ? answer : undefined;
  } catch {
    return undefined;
  }
}

function objects(answer: JsonObject, key: string): readonly JsonObject[] {
  return arrayAt(answer, key).filter(isJsonObject);
}

function versionsOf(group: JsonObject): readonly string[] {
  return objects(group, 'versions').map((version) => stringAt(version, ['groupVersion']));
}

/** Not a subresource, and one whose objects can be followed. */
function isFollowable(resource: JsonObject): boolean {
  const verbs = arrayAt(resource, 'verbs');
  return verbs.includes('list') && verbs.includes('watch') && !stringAt(resource, ['name']).includes('/');
}

function servedResource(resource: JsonObject): ServedResource {
  const [plural, kind] = [stringAt(resource, ['name']), stringAt(resource, ['kind'])];
  return { plural, kind, namespaced: member(resource, 'namespaced') === true };
}
