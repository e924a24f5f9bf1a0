import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { BinaryName } from './binary.ts';
import type { Environment } from './locate.ts';
import { PINNED_SUMS, published } from './official-releases.ts';
import type { Published } from './official-releases.ts';
import type { Progress } from './progress.ts';

const run = promisify(execFile);
const SUMS = 'SLUICE_CONTROL_PLANE_SUMS';
/** A server that has the files under the host of each, such as `http://mirror/dl.k8s.io/release/...`. */
const MIRROR = 'SLUICE_CONTROL_PLANE_MIRROR';
const MB = 1_000_000;

/** A sum in hexadecimal digits; how many there are tells the algorithm. */
const ALGORITHMS: ReadonlyMap<number, 'sha256' | 'sha512'> = new Map([
  [64, 'sha256'],
  [128, 'sha512'],
]);

/** One file whose bytes are to come, and the programs in it; nothing of it is used before its sum was compared. */
interface Download {
  readonly url: string;
  readonly programs: readonly Published[];
  readonly sum: string;
  readonly body: AsyncIterable<Uint8Array>;
  readonly bytes: number;
}

/** By the addresses that the projects publish files under: what is pinned here, and what the environment's file says, which counts more. */
export async function knownSums(env: Environment): Promise<ReadonlyMap<string, string>> {
  const path = env[SUMS] ?? '';
  const lines = path === '' ? [] : (await readFile(path, 'utf8')).split('\n');
  const told = lines.flatMap((line) => {
    const [, sum, url] = /^([0-9a-f]{64}|[0-9a-f]{128}) [ *](\S+)$/.exec(line) ?? [];
    return sum === undefined || url === undefined ? [] : [[url, sum] as const];
  });
  return new Map([...PINNED_SUMS, ...told]);
}

/** Fetches programs of the official releases, all of which have a known sum, into the folder; throws with what is wrong. */
export async function downloadBinaries(
  names: readonly BinaryName[],
  folder: string,
  { env, sums, progress }: { env: Environment; sums: ReadonlyMap<string, string>; progress: Progress },
): Promise<void> {
  const files = Map.groupBy(names.map(published), ({ url }) => url);
  const drafts = await mkdtemp(join(folder, '.downloading-'));
  const stopping = new AbortController();
  try {
    const all = await Promise.all(
      [...files].map(async ([url, programs]): Promise<Download> => {
        const answer = await asked(url, env, stopping.signal);
        return { url, programs, sum: sums.get(url) ?? '', ...answer };
      }),
    );
    const count = { bytes: 0, total: all.reduce((sum, { bytes }) => sum + bytes, 0) };
    progress.begin(`Downloading ${names.join(', ')}`, estimate(count));
    await Promise.all(all.map((one, at) => saved(one, join(drafts, `${at}.file`), (bytes) => (count.bytes += bytes))));
    for (const [at, { programs }] of all.entries()) await placed(join(drafts, `${at}.file`), programs, folder);
    progress.end('done');
  } catch (error) {
    progress.end('failed');
    throw error;
  } finally {
    stopping.abort();
    await rm(drafts, { recursive: true, force: true });
  }
}

async function asked(
  address: string,
  env: Environment,
  signal: AbortSignal,
): Promise<Pick<Download, 'body' | 'bytes'>> {
  const mirror = env[MIRROR] ?? '';
  const url = mirror === '' ? address : address.replace(/^https:\/\//, `${mirror.replace(/\/$/, '')}/`);
  const answer = await fetch(url, { signal }).catch((error: unknown) => {
    throw new Error(`${url} cannot be reached: ${causeOf(error)}`);
  });
  if (!answer.ok || answer.body === null) throw new Error(`${url}: ${answer.status} ${answer.statusText}`);
  return { body: answer.body, bytes: Number(answer.headers.get('content-length') ?? 0) };
}

function causeOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  return cause instanceof Error ? cause.message : String(cause);
}

/** Writes it down as it comes; throws where the sum is another one. */
async function saved({ url, sum, body }: Download, path: string, onBytes: (bytes: number) => void): Promise<void> {
  const algorithm = ALGORITHMS.get(sum.length);
  if (algorithm === undefined) throw new Error(`no sum of ${url} is known: nothing is downloaded without`);
  const hash = createHash(algorithm);
  const handle = await open(path, 'w');
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
  const name = algorithm === 'sha256' ? 'SHA-256' : 'SHA-512';
  if (found !== sum) throw new Error(`${url} has the ${name} ${found}, and ${sum} is pinned: it is not used`);
}

/** By renames within the folder, so that nobody finds half a program. */
async function placed(file: string, programs: readonly Published[], folder: string): Promise<void> {
  const insides = programs.flatMap(({ inside }) => (inside === undefined ? [] : [inside]));
  const into = `${file}.content`;
  if (insides.length > 0) {
    await mkdir(into);
    await run('tar', ['-xzf', file, '-C', into, ...insides]);
  }
  for (const { name, inside } of programs) {
    const program = inside === undefined ? file : join(into, inside);
    await chmod(program, 0o755);
    await rename(program, join(folder, name));
  }
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
