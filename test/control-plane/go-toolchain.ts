import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Environment } from './locate.ts';

const run = promisify(execFile);

/** The oldest Go that can build go.mod. */
export const LEAST_GO = { major: 1, minor: 26 } as const;

/** Settings of the person's shell that would change what is built are left out. */
export function goEnvironment(
  env: Environment,
  folders: { readonly cache: string; readonly temp: string },
): NodeJS.ProcessEnv {
  const { GOOS: _os, GOARCH: _arch, GOEXPERIMENT: _experiment, ...rest } = env;
  return {
    ...rest,
    CGO_ENABLED: '0',
    // Not empty, because empty falls back to `go env -w`; the checkout's commit has no say in these programs.
    GOFLAGS: '-buildvcs=false',
    GOWORK: 'off',
    GO111MODULE: 'on',
    GOCACHE: folders.cache,
    GOTMPDIR: folders.temp,
  };
}

/** The version of the Go that would build in a folder, or why none can. */
export async function goVersion(
  folder: string,
  env: NodeJS.ProcessEnv,
): Promise<{ readonly version: string } | { readonly problem: string }> {
  try {
    const { stdout } = await run('go', ['env', 'GOVERSION'], { cwd: folder, env });
    return judge(stdout.trim());
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      return { problem: 'Go is not on the PATH' };
    }
    const stderr = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error);
    return { problem: `Go can't be used: ${stderr}` };
  }
}

function judge(version: string): { readonly version: string } | { readonly problem: string } {
  const match = /^go(\d+)\.(\d+)/.exec(version);
  if (match === null) return { version };
  const [major, minor] = [Number(match[1]), Number(match[2])];
  const enough = major > LEAST_GO.major || (major === LEAST_GO.major && minor >= LEAST_GO.minor);
  return enough
    ? { version }
    : { problem: `Go is too old: ${version}, and ${LEAST_GO.major}.${LEAST_GO.minor} is needed` };
}
