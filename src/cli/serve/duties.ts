import type { RawServeOptions, ServeOptions } from './serve-options.ts';

type Asked = Pick<ServeOptions, 'keepsWebhooks' | 'roles'>;

/** Fills in the webhook configurations for other processes, which serve the webhooks and write nothing. */
export function registersOthers({ keepsWebhooks, roles }: Asked): boolean {
  return keepsWebhooks && !roles.has('webhook');
}

/** Makes the keys that submitters are signed with: who signs does, unless it writes nothing. */
export function makesKeys(options: Asked & Pick<ServeOptions, 'isReadOnly'>): boolean {
  return registersOthers(options) || (options.roles.has('webhook') && !options.isReadOnly);
}

/** Keeps the built-in authority, where it has to do with certificates at all. */
export function makesCertificates({
  certificateFolder,
  injectCaFrom,
  isReadOnly,
}: Pick<ServeOptions, 'certificateFolder' | 'injectCaFrom' | 'isReadOnly'>): boolean {
  return certificateFolder === undefined && injectCaFrom === undefined && !isReadOnly;
}

/** What nobody could act on, in one sentence. */
export function misplacedFlag(
  { readOnly, keepWebhooks, install }: RawServeOptions,
  roles: ReadonlySet<string>,
): string | undefined {
  if (readOnly !== true) return undefined;
  if (roles.size !== 1 || !roles.has('webhook')) return '--read-only goes with --roles webhook';
  return install === true || keepWebhooks === true
    ? '--read-only writes nothing: --install and --keep-webhooks go elsewhere'
    : undefined;
}
