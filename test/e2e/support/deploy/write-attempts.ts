import { OWN_NAME, OWN_SECRETS, SUBMITTER_SECRET } from '../../../../src/api/access.ts';
import { arrayAt, stringAt, textOf } from '../../../../src/lib/json.ts';
import type { KubeClient, Method } from '../../../control-plane/kube-client.ts';

/** Verbs that write, and how each is asked for: of one object, or of all of a kind. */
const WRITES: Readonly<Record<string, readonly [method: Method, isOfOne: boolean]>> = {
  create: ['POST', false],
  update: ['PUT', true],
  patch: ['PATCH', true],
  delete: ['DELETE', true],
  deletecollection: ['DELETE', false],
};
const FORBIDDEN = 403;

/** One request that writes: `patch secrets` and its method and path. */
interface Attempt {
  readonly right: string;
  readonly method: Method;
  readonly path: string;
}

/** Tries every verb that writes on every kind and part of one that the API server serves, and tells those that were not forbidden. */
export async function writesAllowed(
  client: KubeClient,
  namespace: string,
): Promise<{ tried: number; allowed: string[] }> {
  const attempts = (await groupVersions(client)).flatMap(({ at, list }) => attemptsOf(at, list, namespace));
  const statuses = await Promise.all(attempts.map(({ method, path }) => status(client, method, path)));
  const allowed = attempts.filter((_, at) => statuses[at] !== FORBIDDEN).map(({ right }) => right);
  return { tried: attempts.length, allowed: [...new Set(allowed)].toSorted() };
}

async function status(client: KubeClient, method: Method, path: string): Promise<number> {
  const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
  return (await client.request(method, `${path}?dryRun=All`, method === 'DELETE' ? undefined : {}, type)).status;
}

async function groupVersions(client: KubeClient): Promise<readonly { at: string; list: unknown }[]> {
  const { body } = await client.request('GET', '/apis');
  const groups = arrayAt(body, 'groups').flatMap((group) => arrayAt(group, 'versions'));
  const paths = ['/api/v1', ...groups.map((version) => `/apis/${stringAt(version, ['groupVersion'])}`)];
  return Promise.all(paths.map(async (at) => ({ at, list: (await client.request('GET', at)).body })));
}

function attemptsOf(at: string, list: unknown, namespace: string): readonly Attempt[] {
  return arrayAt(list, 'resources').flatMap((resource) => {
    const [plural = '', part] = stringAt(resource, ['name']).split('/');
    const isNamespaced = (resource as { readonly namespaced: boolean }).namespaced;
    const all = `${at}/${isNamespaced ? `namespaces/${namespace}/` : ''}${plural}`;
    return arrayAt(resource, 'verbs').flatMap((each) => {
      const verb = textOf(each);
      const write = WRITES[verb];
      if (write === undefined) return [];
      const [method, isOfOne] = write;
      const right = `${verb} ${plural}${part === undefined ? '' : `/${part}`}`;
      if (!isOfOne && part === undefined) return [{ right, method, path: all }];
      const names = plural === 'secrets' ? [...OWN_SECRETS, SUBMITTER_SECRET] : OWN_NAME;
      return names.map((name) => ({ right, method, path: `${all}/${name}${part === undefined ? '' : `/${part}`}` }));
    });
  });
}
