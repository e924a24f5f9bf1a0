import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { isJsonObject, member } from '../../../lib/json.ts';
import type { JsonObject } from '../../../lib/json.ts';
import type { Connection } from './connection.ts';
import { readExecPlugin, runExecPlugin } from './exec-plugin.ts';
import type { ExecCredential } from './exec-plugin.ts';
import { parseKubeconfig, textOf, textsOf } from './kubeconfig.ts';

/** A connection as a file or a pod's folder tells it at one moment. */
export interface Reading {
  readonly connection: Connection;
  readonly namespace: string;
}

/** Which file, and what running its program takes. */
export interface KubeconfigOptions {
  readonly path: string;
  readonly context?: string | undefined;
  readonly nowMs: () => number;
  readonly pluginTimeoutMs: number;
}

/** What a user's ways of authentication come to. */
type Authentication = Pick<Connection, 'token' | 'certPem' | 'keyPem' | 'headers'>;

/** A credential that expires within this time is renewed now. */
const EXPIRY_MARGIN_MS = 120_000;

/**
 * Reads one context of a kubeconfig as often as asked, with every file that it names: whichever of them was replaced, the
 * next reading has it. What cannot be honoured is refused, since to leave it out would mean to act as somebody else.
 */
export class KubeconfigReader {
  readonly #options: KubeconfigOptions;
  #printed: { readonly by: string; readonly credential: ExecCredential } | undefined;

  constructor(options: KubeconfigOptions) {
    this.#options = options;
  }

  /** Rejects with one sentence for people; `fresh` runs a program again, whatever it printed last. */
  async read(fresh: boolean): Promise<Reading> {
    const { path, context } = this.#options;
    try {
      const { cluster, user, namespace } = parseKubeconfig(await readFile(path, 'utf8'), context);
      const folder = dirname(path);
      const connection: Connection = {
        server: serverOf(cluster),
        caPem: await pemOf(cluster, 'certificate-authority', folder),
        serverName: textOf(cluster, 'tls-server-name') || undefined,
        insecure: member(cluster, 'insecure-skip-tls-verify') === true,
        ...(await this.#authenticate(user, cluster, fresh)),
      };
      return { connection, namespace };
    } catch (error) {
      const [sentence = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
      throw new Error(`cannot use the kubeconfig ${path}: ${sentence}`, { cause: error });
    }
  }

  async #authenticate(user: JsonObject, cluster: JsonObject, fresh: boolean): Promise<Authentication> {
    if (member(user, 'auth-provider') !== undefined) {
      throw new Error('its user has an auth-provider, which is not supported; exec is');
    }
    const folder = dirname(this.#options.path);
    const basic = basicAuthorization(user);
    const given = {
      token: await tokenOf(user, folder),
      certPem: await pemOf(user, 'client-certificate', folder),
      keyPem: await pemOf(user, 'client-key', folder),
    };
    if (basic !== undefined && given.token !== undefined) throw new Error('its user has both a token and a password');
    if ((given.certPem === undefined) !== (given.keyPem === undefined)) {
      throw new Error('its user has one of client-certificate and client-key, and needs both');
    }
    const headers = [...(basic ?? []), ...impersonation(user)];
    const isNobody = basic === undefined && given.token === undefined && given.certPem === undefined;
    const printed = isNobody ? await this.#runProgram(user, cluster, fresh) : {};
    return { ...given, ...printed, headers: headers.length === 0 ? undefined : headers.map(checkedHeader) };
  }

  /** Runs the program of a user who is told by nothing else, unless what it printed last is still good. */
  async #runProgram(user: JsonObject, cluster: JsonObject, fresh: boolean): Promise<Authentication> {
    const exec = member(user, 'exec');
    if (!isJsonObject(exec)) return {};
    const plugin = readExecPlugin(exec, cluster, dirname(this.#options.path));
    const by = JSON.stringify(plugin);
    const { nowMs, pluginTimeoutMs } = this.#options;
    const latest = this.#printed?.by === by ? this.#printed.credential : undefined;
    const isGood = latest !== undefined && (latest.expiresMs ?? Infinity) > nowMs() + EXPIRY_MARGIN_MS;
    const credential = isGood && !fresh ? latest : await runExecPlugin(plugin, pluginTimeoutMs);
    this.#printed = { by, credential };
    const { token, certPem, keyPem } = credential;
    return { ...(token !== undefined && { token }), ...(certPem !== undefined && { certPem, keyPem }) };
  }
}

/** Without a slash at the end; a path before the API's own stays. */
function serverOf(cluster: JsonObject): string {
  const server = textOf(cluster, 'server');
  if (member(cluster, 'proxy-url') !== undefined)
    throw new Error('its cluster has a proxy-url, which is not supported');
  const url = URL.canParse(server) ? new URL(server) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol) || url.search + url.hash !== '') {
    throw new Error(`its server "${server}" is no URL of an API server`);
  }
  if (url.username + url.password !== '')
    throw new Error('its server holds a password; a user of the kubeconfig can have one');
  return url.href.replace(/\/+$/, '');
}

/** The content of `<name>-data`, else of the file that `<name>` points to from the kubeconfig's folder. */
async function pemOf(holder: JsonObject, name: string, folder: string): Promise<string | undefined> {
  const data = textOf(holder, `${name}-data`);
  if (data !== '') return Buffer.from(data, 'base64').toString('utf8');
  const path = textOf(holder, name);
  return path === '' ? undefined : readFile(resolve(folder, path), 'utf8');
}

/** A token's file wins over the token, since it is the one that is renewed. */
async function tokenOf(user: JsonObject, folder: string): Promise<string | undefined> {
  const path = textOf(user, 'tokenFile');
  const token = path === '' ? textOf(user, 'token') : (await readFile(resolve(folder, path), 'utf8')).trim();
  if (path !== '' && token === '') throw new Error(`its tokenFile ${path} is empty`);
  return token === '' ? undefined : token;
}

function basicAuthorization(user: JsonObject): readonly string[] | undefined {
  const name = textOf(user, 'username');
  const password = textOf(user, 'password');
  if (name === '' && password === '') return undefined;
  return ['authorization', `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`];
}

/** Headers that make the API server act as somebody else, with the rights of that user. */
function impersonation(user: JsonObject): readonly string[] {
  const name = textOf(user, 'as');
  const uid = textOf(user, 'as-uid');
  const groups = textsOf(user, 'as-groups');
  const extra = member(user, 'as-user-extra') ?? {};
  if (!isJsonObject(extra)) throw new Error('its as-user-extra is no map of lists');
  if (name === '' && uid === '' && groups.length === 0 && Object.keys(extra).length === 0) return [];
  if (name === '') throw new Error('its user has as-uid, as-groups or as-user-extra without as');
  return [
    'impersonate-user',
    name,
    ...(uid === '' ? [] : ['impersonate-uid', uid]),
    ...groups.flatMap((group) => ['impersonate-group', group]),
    ...Object.keys(extra).flatMap((key) => {
      const header = `impersonate-extra-${encodeURIComponent(key.toLowerCase())}`;
      return textsOf(extra, key).flatMap((value) => [header, value]);
    }),
  ];
}

/** HTTP knows no other letters in a header. */
function checkedHeader(text: string): string {
  if (!/^[\t\u0020-\u007e]*$/.test(text))
    throw new Error(`its user has ${JSON.stringify(text)}, which no header can hold`);
  return text;
}
