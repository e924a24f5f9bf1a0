import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import type { ControlPlane } from '../test/control-plane/launch.ts';

/** Flags that let the API server be profiled. */
export const PROFILING_ARGS = { 'kube-apiserver': ['--profiling=true'] } as const;

/** Takes a CPU profile of the API server for the next seconds and writes it into the folder, for `go tool pprof`. */
export async function profileApiserver(
  plane: ControlPlane,
  folder: string,
  seconds: number,
  name: string,
): Promise<void> {
  const dispatcher = new Agent({ connect: { ca: plane.caPem } });
  try {
    const url = `${plane.url}/debug/pprof/profile?seconds=${seconds}`;
    const { statusCode, body } = await request(url, {
      dispatcher,
      headers: { authorization: `Bearer ${plane.adminToken}` },
    });
    const bytes = Buffer.from(await body.arrayBuffer());
    if (statusCode !== 200) throw new Error(`the API server's profile was answered with ${statusCode}`);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, `kube-apiserver-${name}.pprof`), bytes);
  } finally {
    await dispatcher.close();
  }
}
