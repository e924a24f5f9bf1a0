import { wound } from './byte-source.ts';
import type { Dice } from './dice.ts';

type Node = Record<string, unknown>;

const NESTED = 'request';
const KEYS: readonly string[] = [
  'uid',
  'kind',
  'resource',
  'operation',
  'object',
  'oldObject',
  'userInfo',
  'namespace',
  'name',
  'subResource',
  'dryRun',
];
const MAX_STRING = 200_000;

/** A real review after one to four changes of its structure, and now and then of its bytes. */
export function mutateReview(dice: Dice, real: Buffer): Buffer {
  const review = JSON.parse(real.toString('utf8')) as Node;
  // Half of them open the door, so that "allowed" is a real possibility and not a rare one.
  if (dice.chance(50)) openDoor(review);
  const edits = dice.below(4);
  for (let count = 0; count < edits; count += 1) dice.pick(EDITS)(dice, review);
  let text = JSON.stringify(review);
  if (dice.chance(15)) text = duplicate(dice, text);
  if (dice.chance(5)) text = text.replace(/bject":\{/, (start) => `${start}"more":${monster(dice)},`);
  const bytes = Buffer.from(text);
  return dice.chance(5) ? wound(dice, bytes) : bytes;
}

const EDITS: readonly ((dice: Dice, review: Node) => void)[] = [
  function dropMember(dice, review) {
    const [parent, key] = anyMember(dice, review);
    Reflect.deleteProperty(parent, key);
  },
  function retypeMember(dice, review) {
    const [parent, key] = anyMember(dice, review);
    parent[key] = anyValue(dice);
  },
  function retypeRequestMember(dice, review) {
    const request = review[NESTED];
    if (isNode(request)) request[dice.pick(KEYS)] = anyValue(dice);
  },
  function dropRequestMember(dice, review) {
    const request = review[NESTED];
    if (isNode(request)) Reflect.deleteProperty(request, dice.pick(KEYS));
  },
  function changeCase(dice, review) {
    const [parent, key] = anyMember(dice, review);
    const value = parent[key];
    Reflect.deleteProperty(parent, key);
    parent[dice.chance(50) ? key.toUpperCase() : key.toLowerCase()] = value;
  },
  function wrongUid(dice, review) {
    const request = review[NESTED];
    if (isNode(request))
      request['uid'] = dice.pick<unknown>(['', ' ', 0, null, ['u'], { u: 1 }, 'x'.repeat(300), '"\n\ud800']);
  },
  function wrongEnvelope(dice, review) {
    review[dice.pick(['apiVersion', 'kind'])] = dice.pick([
      'v1',
      'admission.k8s.io/v1beta1',
      'AdmissionReview',
      'Pod',
      '',
    ]);
  },
  function otherOperation(dice, review) {
    const request = review[NESTED];
    if (isNode(request))
      request['operation'] = dice.pick(['CREATE', 'UPDATE', 'DELETE', 'CONNECT', 'PATCH', 'create', '*']);
  },
  function otherResource(dice, review) {
    const request = review[NESTED];
    if (!isNode(request)) return;
    const resource = dice.pick([
      'pods',
      'jobs',
      'Pods',
      'podS',
      'nodes',
      'pods/status',
      '',
      '*',
      '__proto__',
      'constructor',
    ]);
    request['resource'] = {
      group: dice.pick(['', 'batch', 'Batch']),
      version: dice.pick(['v1', 'v1beta1', '']),
      resource,
    };
  },
  function swapObjects(_dice, review) {
    const request = review[NESTED];
    if (isNode(request)) [request['object'], request['oldObject']] = [request['oldObject'], request['object']];
  },
  function inherit(dice, review) {
    const [parent] = anyMember(dice, review);
    const value = { labels: { open: 'sesame' }, metadata: { labels: { open: 'sesame' } }, uid: 'u', request: {} };
    const key = dice.pick(['__proto__', 'constructor', 'prototype', 'toString']);
    Object.defineProperty(parent, key, { value, enumerable: true, configurable: true, writable: true });
  },
  function halfOpen(dice, review) {
    const metadata = metadataOf(review);
    if (metadata === undefined) return;
    metadata['labels'] = dice.pick<unknown>([
      'open',
      ['open', 'sesame'],
      { open: ['sesame'] },
      { open: 'Sesame' },
      { Open: 'sesame' },
    ]);
  },
  function leave(dice, review) {
    const metadata = metadataOf(review);
    if (metadata !== undefined)
      metadata['deletionTimestamp'] = dice.pick<unknown>(['2030-01-01T00:00:00Z', null, 7, {}]);
  },
  function bringGhost(dice, review) {
    const request = review[NESTED];
    const ghost = { metadata: { deletionTimestamp: '2030-01-01T00:00:00Z' } };
    if (isNode(request)) request[dice.pick(['object', 'oldObject'])] = ghost;
  },
  function grow(dice, review) {
    const [parent, key] = anyMember(dice, review);
    parent[key] = dice.chance(50) ? 'é'.repeat(dice.below(MAX_STRING / 4)) : Array(dice.below(5000)).fill({});
  },
];

function openDoor(review: Node): void {
  const request = review[NESTED];
  if (!isNode(request)) return;
  for (const object of [request['object'], request['oldObject']]) {
    const metadata = isNode(object) ? object['metadata'] : undefined;
    if (isNode(metadata)) metadata['labels'] = { open: 'sesame' };
  }
}

/** Inserts a second member of the same name before the first one of that name; parsers take the last. */
function duplicate(dice: Dice, text: string): string {
  const key = dice.pick([
    'uid',
    'kind',
    'request',
    'operation',
    'object',
    'labels',
    'metadata',
    'resource',
    'apiVersion',
  ]);
  const value = JSON.stringify(anyValue(dice));
  return text.replace(`"${key}":`, () => `"${key}":${value},"${key}":`);
}

function anyValue(dice: Dice): unknown {
  return dice.pick<unknown>([
    null,
    true,
    false,
    0,
    -1,
    1e308,
    2 ** 53,
    '',
    'x',
    'CREATE',
    [],
    {},
    [null],
    [[]],
    { uid: 'u' },
    { open: 'sesame' },
    { metadata: { labels: { open: 'sesame' } } },
    '\u0000',
    '\ud800',
    'x'.repeat(1000),
  ]);
}

/** Any member at any depth, shallow ones more often. */
function anyMember(dice: Dice, root: Node): readonly [Node, string] {
  let parent = root;
  for (;;) {
    const keys = Object.keys(parent);
    if (keys.length === 0) return [parent, 'new'];
    const key = dice.pick(keys);
    const value = parent[key];
    if (!isNode(value) || dice.chance(25)) return [parent, key];
    parent = value;
  }
}

function metadataOf(review: Node): Node | undefined {
  const request = review[NESTED];
  const object = isNode(request) ? (request['object'] ?? request['oldObject']) : undefined;
  const metadata = isNode(object) ? object['metadata'] : undefined;
  return isNode(metadata) ? metadata : undefined;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null;
}

/** Mostly near the limit of depth; seldom something that costs the test milliseconds. */
function monster(dice: Dice): string {
  switch (dice.below(50)) {
    case 0:
      return deep(100_000);
    case 1:
      return `[${'0,'.repeat(300_000)}0]`;
    case 2:
      return `"${'x'.repeat(8_000_000)}"`;
    default:
      return deep(1 + dice.below(120));
  }
}

function deep(levels: number): string {
  return '['.repeat(levels) + ']'.repeat(levels);
}
