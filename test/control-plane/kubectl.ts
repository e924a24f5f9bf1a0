import { spawn } from 'node:child_process';

/** What a kubectl run left. */
export type KubectlResult = {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
};

/** Runs kubectl against one cluster; any exit code is a result. */
export function runKubectl(
  file: string,
  kubeconfig: string,
  home: string,
  args: readonly string[],
  input?: string,
): Promise<KubectlResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      env: { PATH: process.env['PATH'], HOME: home, KUBECONFIG: kubeconfig },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.once('error', reject);
    // kubectl may end before it has read all of its input: its exit code tells, not the broken pipe.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input ?? '');
    child.once('close', (code) =>
      resolve({
        stdout: Buffer.concat(stdout).toString(),
        stderr: Buffer.concat(stderr).toString(),
        code: code ?? 1,
      }),
    );
  });
}
