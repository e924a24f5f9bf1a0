/** What must become of a body. */
export type Expected =
  | { readonly kind: 'refusal' }
  /** Too deep or too long to be read: refused by the protocol's answer where its head is that of a review. */
  | { readonly kind: 'oversize' }
  | { readonly kind: 'answer'; readonly uid: string; readonly isAllowed: boolean };

type Members = Readonly<Record<string, unknown>>;

const REFUSAL: Expected = { kind: 'refusal' };
const MAX_BYTES = 7 * 1024 * 1024;
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const STRINGS = /"[^"\\]*(?:\\[^][^"\\]*)*"/g;

/**
 * Says what the webhook must answer, written from the protocol's text and without a line of the product: a body that is
 * no strict AdmissionReview v1 is refused; of the others, exactly those are allowed that nobody asks about, that are on
 * their way out, or that say `open: sesame`.
 */
export function expectedFor(bytes: Uint8Array): Expected {
  if (bytes.length > MAX_BYTES) return REFUSAL;
  if (!isSmall(Buffer.from(bytes).toString('latin1'))) return { kind: 'oversize' };
  let review: unknown;
  try {
    review = JSON.parse(UTF8.decode(bytes));
  } catch {
    return REFUSAL;
  }
  if (!isMembers(review)) return REFUSAL;
  const request = own(review, 'request');
  const isReview = own(review, 'apiVersion') === 'admission.k8s.io/v1' && own(review, 'kind') === 'AdmissionReview';
  return isReview && isMembers(request) && isStrict(request)
    ? { kind: 'answer', uid: String(request['uid']), isAllowed: isAllowed(request) }
    : REFUSAL;
}

function isSmall(text: string): boolean {
  let depth = 0;
  let values = 0;
  for (const character of text.replaceAll(STRINGS, '')) {
    if (character === '{' || character === '[') depth += 1;
    if (depth > 64) return false;
    if (character === '}' || character === ']') depth -= 1;
    if (character === ',' || character === '{' || character === '[') values += 1;
  }
  return values <= 100_000;
}

function isStrict(request: Members): boolean {
  const uid = own(request, 'uid');
  const hasUid = typeof uid === 'string' && uid.length > 0 && uid.length <= 256;
  const hasTexts = ['name', 'namespace', 'subResource'].every((key) => isNullOr('string', own(request, key)));
  const rest = [
    hasResource(request),
    hasUser(request),
    hasObjects(request),
    isNullOr('boolean', own(request, 'dryRun')),
  ];
  return hasUid && hasTexts && rest.every(Boolean);
}

function hasResource(request: Members): boolean {
  const resource = own(request, 'resource');
  if (!isMembers(resource)) return false;
  const [group, version, name] = ['group', 'version', 'resource'].map((key) => own(resource, key));
  return typeof group === 'string' && [version, name].every((text) => typeof text === 'string' && text !== '');
}

function hasUser(request: Members): boolean {
  const userInfo = own(request, 'userInfo');
  return isNone(userInfo) || (isMembers(userInfo) && isNullOr('string', own(userInfo, 'username')));
}

function hasObjects(request: Members): boolean {
  const object = own(request, 'object');
  const oldObject = own(request, 'oldObject');
  if (!(isNone(object) || isMembers(object)) || !(isNone(oldObject) || isMembers(oldObject))) return false;
  switch (own(request, 'operation')) {
    case 'CREATE':
      return isMembers(object);
    case 'UPDATE':
      return isMembers(object) && isMembers(oldObject);
    case 'DELETE':
      return isMembers(oldObject);
    case 'CONNECT':
      return true;
    default:
      return false;
  }
}

function isAllowed(request: Members): boolean {
  const { group, version, resource } = own(request, 'resource') as Readonly<Record<string, string>>;
  const operation = own(request, 'operation');
  const isAskedAbout = ['/v1/pods', 'batch/v1/jobs'].includes(`${group}/${version}/${resource}`);
  const subresource = own(request, 'subResource') ?? '';
  if (!isAskedAbout || subresource !== '' || operation === 'CONNECT') return true;
  const stored = own(request, 'oldObject');
  const isLeaving = typeof at(stored, 'metadata', 'deletionTimestamp') === 'string';
  if (operation !== 'CREATE' && isLeaving) return true;
  const object = operation === 'DELETE' ? stored : own(request, 'object');
  return at(object, 'metadata', 'labels', 'open') === 'sesame';
}

function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((found, key) => (isMembers(found) ? own(found, key) : undefined), value);
}

function own(members: Members, key: string): unknown {
  return Object.hasOwn(members, key) ? members[key] : undefined;
}

function isMembers(value: unknown): value is Members {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function isNone(value: unknown): boolean {
  return value === undefined || value === null;
}

function isNullOr(type: string, value: unknown): boolean {
  return isNone(value) || typeof value === type;
}
