import type { ServeOptions } from './serve-options.ts';

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
