import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { arrayAt, isJsonObject, member, objectAt, stringAt } from '../../../lib/json.ts';
import type { JsonObject } from '../../../lib/json.ts';
import { textOf, textsOf } from './kubeconfig.ts';

/** A program that prints credentials, as a user of a kubeconfig names it. */
export interface ExecPlugin {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly apiVersion: string;
  /** Undefined: the program is not told about the cluster. */
  readonly cluster: JsonObject | undefined;
}

/** What the program printed. */
export interface ExecCredential {
  readonly token: string | undefined;
  readonly certPem: string | undefined;
  readonly keyPem: string | undefined;
  /** Milliseconds since 1970; undefined: valid until it is refused. */
  readonly expiresMs: number | undefined;
}

const API_VERSIONS: readonly string[] = ['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1'];
const CLUSTER_EXTENSION = 'client.authentication.k8s.io/exec';
const MAX_OUTPUT_BYTES = 1024 * 1024;

/** The program that a user names; throws one sentence for people where it is one that cannot be run here. */
export function readExecPlugin(exec: JsonObject, cluster: JsonObject, folder: string): ExecPlugin {
  const command = textOf(exec, 'command');
  const apiVersion = textOf(exec, 'apiVersion');
  if (command === '') throw new Error('its exec names no command');
  if (!API_VERSIONS.includes(apiVersion)) {
    throw new Error(`its exec speaks "${apiVersion}"; supported are ${API_VERSIONS.join(' and ')}`);
  }
  if (textOf(exec, 'interactiveMode') === 'Always') {
    throw new Error(`its exec ${command} wants to ask somebody, and nobody sits here`);
  }
  const env = arrayAt(exec, 'env')
    .filter(isJsonObject)
    .map((entry) => [textOf(entry, 'name'), textOf(entry, 'value')]);
  return {
    // As a shell does: a name alone is looked for in PATH, a path is one from the kubeconfig's folder.
    command: command.includes('/') ? resolve(folder, command) : command,
    args: textsOf(exec, 'args'),
    env: Object.fromEntries(env) as Record<string, string>,
    apiVersion,
    cluster: member(exec, 'provideClusterInfo') === true ? clusterInfo(cluster) : undefined,
  };
}

/** Runs the program; rejects with one sentence for people. */
export async function runExecPlugin(plugin: ExecPlugin, timeoutMs: number): Promise<ExecCredential> {
  const output = await outputOf(plugin, timeoutMs);
  const status = objectAt(parsed(output), 'status');
  const optional = (name: string): string | undefined => stringAt(status, [name]) || undefined;
  const [token, certPem, keyPem] = ['token', 'clientCertificateData', 'clientKeyData'].map(optional);
  if (token === undefined && (certPem === undefined || keyPem === undefined)) {
    throw new Error(`${plugin.command} printed neither a token nor a client certificate with its key`);
  }
  const expiresMs = Date.parse(stringAt(status, ['expirationTimestamp']));
  return { token, certPem, keyPem, expiresMs: Number.isNaN(expiresMs) ? undefined : expiresMs };
}

function outputOf({ command, args, env, apiVersion, cluster }: ExecPlugin, timeoutMs: number): Promise<string> {
  const spec = { interactive: false, ...(cluster === undefined ? {} : { cluster }) };
  const info = JSON.stringify({ apiVersion, kind: 'ExecCredential', spec });
  const options = {
    env: { ...process.env, ...env, KUBERNETES_EXEC_INFO: info },
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
    maxBuffer: MAX_OUTPUT_BYTES,
  } as const;
  return new Promise((fulfil, reject) => {
    const child = execFile(command, args, options, (error, stdout, stderr) => {
      if (error === null) fulfil(stdout);
      else reject(new Error(failure(command, error.killed === true, timeoutMs, stderr.trim() || error.message)));
    });
    child.stdin?.end();
  });
}

function failure(command: string, isKilled: boolean, timeoutMs: number, words: string): string {
  if (isKilled) return `${command} printed no credentials within ${timeoutMs / 1000} s`;
  return `${command} failed: ${words.split('\n', 1)[0] ?? ''}`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The cluster as ExecCredential tells it: named like a kubeconfig's, with the extension that is meant for programs. */
function clusterInfo(cluster: JsonObject): JsonObject {
  const told = ['server', 'tls-server-name', 'insecure-skip-tls-verify', 'certificate-authority-data', 'proxy-url'];
  const extensions = arrayAt(cluster, 'extensions').filter(isJsonObject);
  const extension = extensions.find((entry) => member(entry, 'name') === CLUSTER_EXTENSION);
  const entries = told.map((name) => [name, member(cluster, name)] as const);
  const config = [['config', member(extension, 'extension')] as const];
  return Object.fromEntries([...entries, ...config].filter(([, value]) => value !== undefined)) as JsonObject;
}
