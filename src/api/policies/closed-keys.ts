/** Labels and annotations with a prefix of these projects mean something to them: policies never write them. */
const OWNED_DOMAINS = ['kubernetes.io', 'k8s.io', 'volcano.sh', 'sluice.dev'];

/** Why a policy may not write this label or annotation; undefined when it may. */
export function keyProblem(key: string): string | undefined {
  const [prefix, name, ...more] = key.includes('/') ? key.split('/') : ['', key];
  if (name === undefined || more.length > 0 || !NAME.test(name) || (key.includes('/') && !isDomain(prefix ?? ''))) {
    return 'is no label key: write a name, or a domain, a slash and a name';
  }
  const isOwned = OWNED_DOMAINS.some((domain) => prefix === domain || prefix?.endsWith(`.${domain}`) === true);
  return isOwned ? `keys of ${prefix ?? ''} are not for policies to write` : undefined;
}

/** True for what a label may have as its value. */
export function isLabelText(text: string): boolean {
  return text === '' || NAME.test(text);
}

/** True for a DNS subdomain. */
export function isDomain(text: string): boolean {
  return text.length <= 253 && DOMAIN.test(text);
}

const NAME = /^[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/;
const DOMAIN = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;
