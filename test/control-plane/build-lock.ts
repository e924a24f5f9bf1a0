import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 200;
const TOUCH_MS = 5_000;
// A holder touches its lock every few seconds: a lock this old has lost its holder, even where its pid can't be checked.
const ABANDONED_MS = 120_000;

/** A lock file that one process holds at a time. */
export type BuildLock = {
  release(): Promise<void>;
};

/** Waits for the lock; one whose holder is dead is taken over. */
export async function takeBuildLock(path: string, onWait: (holder: string) => void): Promise<BuildLock> {
  const content = `${process.pid} ${hostname()} ${randomUUID()}\n`;
  let toldHolder = false;
  while (!(await tryCreate(path, content))) {
    const held = await readFile(path, 'utf8').catch(() => '');
    if (held !== '' && (await isStale(path, held))) {
      await removeStale(path, held);
      continue;
    }
    if (!toldHolder) onWait(held.split(' ')[0] ?? '');
    toldHolder = true;
    await sleep(POLL_MS);
  }
  const touching = setInterval(() => void utimes(path, new Date(), new Date()).catch(() => undefined), TOUCH_MS);
  touching.unref();
  return {
    async release(): Promise<void> {
      clearInterval(touching);
      if ((await readFile(path, 'utf8').catch(() => '')) === content) await rm(path, { force: true });
    },
  };
}

// Written whole under another name and then linked, so that nobody reads a lock without its holder.
async function tryCreate(path: string, content: string): Promise<boolean> {
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, content);
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

async function isStale(path: string, held: string): Promise<boolean> {
  const [pid, host] = held.trim().split(' ');
  if (host === hostname() && !isAlive(Number(pid))) return true;
  const age = await stat(path)
    .then((info) => Date.now() - info.mtimeMs)
    .catch(() => 0);
  return age > ABANDONED_MS;
}

// Renaming is atomic: of several that see the stale lock one takes it away. Whoever finds that it took a fresh lock puts it back.
async function removeStale(path: string, stale: string): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch {
    return;
  }
  if ((await readFile(aside, 'utf8')) !== stale) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
}

function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
