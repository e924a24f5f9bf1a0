import type { OfflineUser } from './offline-user.ts';

/** Options of the commands about policies as the command line gives them. */
export interface RawPolicyOptions {
  readonly filename?: readonly string[];
  readonly user: string;
  readonly group?: readonly string[];
  readonly namespace: string;
  readonly output: string;
  readonly allowSkips?: boolean;
}

/** Checked options. */
export interface PolicyOptions<Format extends string> {
  readonly files: readonly string[];
  readonly user: OfflineUser;
  readonly namespace: string;
  readonly output: Format;
  readonly allowSkips: boolean;
}

/** The options, or one sentence on what is wrong with them. */
export function readPolicyOptions<Format extends string>(
  raw: RawPolicyOptions,
  formats: readonly Format[],
): PolicyOptions<Format> | string {
  const output = formats.find((format) => format === raw.output);
  if (output === undefined) return `--output takes ${formats.join(', ')}`;
  const files = raw.filename ?? [];
  if (files.length === 0) return 'name files or folders with -f; - is the standard input';
  if (files.filter((file) => file === '-').length > 1) return 'the standard input can be read once';
  return {
    files,
    output,
    user: { name: raw.user, groups: raw.group ?? [] },
    namespace: raw.namespace,
    allowSkips: raw.allowSkips === true,
  };
}
