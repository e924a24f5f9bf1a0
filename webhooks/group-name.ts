import { digest } from '../src/lib/digest.ts';

/**
 * Names of planned groups: `<shortened root name>-<nonce>`. No UID exists when a root object is mutated and a
 * generateName is not expanded yet, so the nonce stands in for them.
 */

/** A DNS label; also the limit of a label's value, where group names end up in other people's tools. */
export const MAX_NAME_LENGTH = 63;

export const NONCE_LENGTH = 8;
const NONCE = /^[0-9a-hjkmnp-tv-z]{8}$/;
const NAME_OF_NOTHING = 'group';

/** The group's name for a root object; `seed` is the request's UID, the same seed gives the same name. */
export function plannedName(root: string, seed: string): string {
  return `${stemOf(root)}-${digest(seed, NONCE_LENGTH)}`;
}

/** True when Sluice could have given this name to a group of that root. */
export function isPlannedName(root: string, group: string): boolean {
  const stem = stemOf(root);
  return group.startsWith(`${stem}-`) && NONCE.test(group.slice(stem.length + 1));
}

/** Lower-case letters, digits and single dashes, at most `maxLength`; empty when nothing of the text is left. */
export function dnsLabel(text: string, maxLength: number): string {
  const cut = text
    .toLowerCase()
    .slice(0, MAX_TEXT_LENGTH)
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replace(/^-/, '')
    .slice(0, maxLength);
  return cut.endsWith('-') ? cut.slice(0, -1) : cut;
}

/** A DNS subdomain, as every object name of Kubernetes that we deal with. */
export function isObjectName(text: string): boolean {
  return text.length <= MAX_OBJECT_NAME_LENGTH && OBJECT_NAME.test(text);
}

const MAX_OBJECT_NAME_LENGTH = 253;
const OBJECT_NAME = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;
/** Object names are at most 253 long; hostile texts are cut before any work is done on them. */
const MAX_TEXT_LENGTH = 512;

function stemOf(root: string): string {
  const stem = dnsLabel(root, MAX_NAME_LENGTH - NONCE_LENGTH - 1);
  return stem === '' ? NAME_OF_NOTHING : stem;
}
