import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { BinaryName } from './binary.ts';
import type { Environment } from './locate.ts';
import { published } from './official-releases.ts';
import type { Published } from './official-releases.ts';
import type { Progress } from './progress.ts';

const run = promisify(execFile);
const SUMS = 'SLUICE_CONTROL_PLANE_SUMS';
/** A server that has the files under the host of each, such as `http://mirror/dl.k8s.io/release/...`. */
const MIRROR = 'SLUICE_CONTROL_PLANE_MIRROR';
const MB = 1_000_000;

/** One file whose bytes are to come; nothing of it is used before its sum was compared. */
interface Download {
  readonly file: Published;
  readonly sum: string;
  readonly body: AsyncIterable<Uint8Array>;
  readonly bytes: number;
}

/** Fetches the programs of the official releases into the folder, each checked against its pinned SHA-256; throws with what is wrong. */
export async function downloadBinaries(
  names: readonly BinaryName[],
  folder: string,
  env: Environment,
  progress: Progress,
): Promise<void> {
  const sums = await pinnedSums(env);
  const wanted = names.map((name) => {
    const file = published(name);
    const sum = sums.get(file.url);
    if (sum === undefined) throw new Error(`${env[SUMS]} has no SHA-256 of ${file.url}: nothing is downloaded without`);
    return { file, sum };
  });
  const drafts = await mkdtemp(join(folder, '.downloading-'));
  const stopping = new AbortController();
  try {
    const all = await Promise.all(wanted.map((one) => asked(one.file, one.sum, env, stopping.signal)));
    const count = { bytes: 0, total: all.reduce((sum, { bytes }) => sum + bytes, 0) };
    progress.begin(`Downloading ${names.join(', ')}`, estimate(count));
    await Promise.all(all.map((one) => saved(one, drafts, (bytes) => (count.bytes += bytes))));
    for (const { file } of all) await placed(file, drafts, folder);
    progress.end('done');
  } catch (error) {
    progress.end('failed');
    throw error;
  } finally {
    stopping.abort();
    await rm(drafts, { recursive: true, force: true });
  }
}

/** Lines as sha256sum writes them: the sum, and the address that the projects publish the file under. */
async function pinnedSums(env: Environment): Promise<ReadonlyMap<string, string>> {
  const path = env[SUMS] ?? '';
  if (path === '')
    throw new Error(`SLUICE_CONTROL_PLANE=download takes ${SUMS}, a file with the SHA-256 of each file: see README.md`);
  const lines = (await readFile(path, 'utf8')).split('\n');
  return new Map(
    lines.flatMap((line) => {
      const [, sum, url] = /^([0-9a-f]{64}) [ *](\S+)$/.exec(line) ?? [];
      return sum === undefined || url === undefined ? [] : [[url, sum] as const];
    }),
  );
}

async function asked(file: Published, sum: string, env: Environment, signal: AbortSignal): Promise<Download> {
  const mirror = env[MIRROR] ?? '';
  const url = mirror === '' ? file.url : file.url.replace(/^https:\/\//, `${mirror.replace(/\/$/, '')}/`);
  const answer = await fetch(url, { signal }).catch((error: unknown) => {
    throw new Error(`${url} cannot be reached: ${causeOf(error)}`);
  });
  if (!answer.ok || answer.body === null) throw new Error(`${url}: ${answer.status} ${answer.statusText}`);
  return { file, sum, body: answer.body, bytes: Number(answer.headers.get('content-length') ?? 0) };
}

function causeOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  return cause instanceof Error ? cause.message : String(cause);
}

/** Writes it down as it comes; throws where the sum is another one. */
async function saved({ file, sum, body }: Download, drafts: string, onBytes: (bytes: number) => void): Promise<void> {
  const hash = createHash('sha256');
  const handle = await open(join(drafts, `${file.name}.file`), 'w');
  try {
    for await (const chunk of body) {
      hash.update(chunk);
      await handle.write(chunk);
      onBytes(chunk.length);
    }
  } finally {
    await handle.close();
  }
  const found = hash.digest('hex');
  if (found !== sum) throw new Error(`${file.url} has the SHA-256 ${found}, and ${sum} is pinned: it is not used`);
}

/** A rename within the folder, so that nobody finds half a program. */
async function placed({ name, inside }: Published, drafts: string, folder: string): Promise<void> {
  const file = join(drafts, `${name}.file`);
  let program = file;
  if (inside !== undefined) {
    const into = join(drafts, name);
    await mkdir(into);
    await run('tar', ['-xzf', file, '-C', into, inside]);
    program = join(into, inside);
  }
  await chmod(program, 0o755);
  await rename(program, join(folder, name));
}

/** By what came so far; a server that does not say how much there is gets none. */
function estimate(count: { readonly bytes: number; readonly total: number }): () => string {
  const beganMs = performance.now();
  return () => {
    const { bytes, total } = count;
    const came = `, ${Math.round(bytes / MB)} MB`;
    if (total < bytes || total === 0 || bytes === 0) return came;
    const leftMs = ((performance.now() - beganMs) * (total - bytes)) / bytes;
    return `${came} of ${Math.round(total / MB)}, about ${Math.ceil(leftMs / 1000)} s left`;
  };
}
