import { generateKeyPairSync, randomBytes } from 'node:crypto';

/** The users that a control plane knows by token, and the groups that RBAC sees for them. */
export const USERS = {
  admin: { username: 'admin', groups: ['system:masters'] },
  'kube-controller-manager': { username: 'system:kube-controller-manager', groups: [] },
  'kube-scheduler': { username: 'system:kube-scheduler', groups: [] },
  // kwok stands in for every kubelet; what it may do is not under test.
  kwok: { username: 'kwok', groups: ['system:masters'] },
  // Holds no right until a test grants one.
  sluice: { username: 'sluice', groups: [] },
  // Sluice under the name of its account, as the conditions of its webhooks know it, and free to do all.
  installed: { username: 'system:serviceaccount:sluice-system:sluice', groups: ['system:masters'] },
} as const satisfies Readonly<Record<string, { username: string; groups: readonly string[] }>>;

/** A user that a control plane knows by token. */
export type UserKey = keyof typeof USERS;

/** A bearer token for each user. */
export type Tokens = Readonly<Record<UserKey, string>>;

const USER_KEYS = Object.keys(USERS) as readonly UserKey[];

/** Fresh random tokens. */
export function makeTokens(): Tokens {
  const entries = USER_KEYS.map((key) => [key, randomBytes(24).toString('base64url')] as const);
  return Object.fromEntries(entries) as Tokens;
}

/** The content of kube-apiserver's --token-auth-file. */
export function tokenFile(tokens: Tokens): string {
  const lines = USER_KEYS.map((key) => {
    const { username, groups } = USERS[key];
    return `${tokens[key]},${username},${key}${groups.length > 0 ? `,"${groups.join(',')}"` : ''}`;
  });
  return `${lines.join('\n')}\n`;
}

/** The key pair with which service account tokens are signed, as PEM. */
export function makeServiceAccountKeys(): { readonly privatePem: string; readonly publicPem: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    privatePem: privateKey.export({ type: 'sec1', format: 'pem' }).toString(),
    publicPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  };
}
