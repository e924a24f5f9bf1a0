import { choiceText, parseChoice } from './cards/choice-text.ts';
import type { CardChoice } from './records/card-records.ts';
import { arrayAt, member, numberAt, stringAt } from '../lib/json.ts';

/** One planned binding: the pod's token (see `uidToken`) and the node's name. */
export interface PlannedBind {
  readonly token: string;
  readonly node: string;
  /** Absent for most pods, which ask for no cards. */
  readonly cards?: CardChoice | undefined;
}

/**
 * The intent written to the PodGroup before a gang's first binding, so that whoever comes after a crash can finish it or
 * roll it back. Compact: one plan of 5,000 pods takes about 160 KB of the 256 KiB that annotations may have.
 */
export interface BindPlan {
  readonly id: string;
  /** Leader epoch that made the plan. */
  readonly epoch: number;
  readonly atMs: number;
  readonly binds: readonly PlannedBind[];
}

/** Annotations may hold 262,144 bytes in all; the rest is left to other tools. */
export const MAX_BIND_PLAN_LENGTH = 220_000;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const TOKEN_LENGTH = 16;

/** 64 bits of a UUID tell the members of one gang apart; any other UID stands for itself. */
export function uidToken(uid: string): string {
  return UUID.test(uid) ? uid.replaceAll('-', '').slice(0, TOKEN_LENGTH) : uid;
}

/** Text of the annotation: node names once, then `token:node-index` in base 36, and by the pod's token what cards it gets. */
export function formatBindPlan(plan: BindPlan): string {
  const nodes: string[] = [];
  const indices = new Map<string, number>();
  const pods = plan.binds.map(({ token, node }) => {
    let index = indices.get(node);
    if (index === undefined) {
      index = nodes.length;
      indices.set(node, index);
      nodes.push(node);
    }
    return `${token}:${index.toString(36)}`;
  });
  const cards = plan.binds.flatMap(({ token, cards: choice }) =>
    choice === undefined ? [] : [[token, choiceText(choice)]],
  );
  const withCards = cards.length === 0 ? {} : { cards: Object.fromEntries(cards) as Readonly<Record<string, string>> };
  const { id, epoch, atMs } = plan;
  return JSON.stringify({ version: 1, id, epoch, at: atMs, nodes, pods: pods.join(','), ...withCards });
}

/** The plan, or undefined when the text is not one. */
export function parseBindPlan(text: string): BindPlan | undefined {
  if (text === '') return undefined;
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    return undefined;
  }
  const id = stringAt(raw, ['id']);
  if (member(raw, 'version') !== 1 || id === '') return undefined;
  const nodes = arrayAt(raw, 'nodes');
  const binds: PlannedBind[] = [];
  for (const entry of stringAt(raw, ['pods']).split(',')) {
    const at = entry.lastIndexOf(':');
    const node = nodes[parseInt(entry.slice(at + 1), 36)];
    if (at < 1 || typeof node !== 'string') return undefined;
    const token = entry.slice(0, at);
    const cards = stringAt(raw, ['cards', token]);
    binds.push(cards === '' ? { token, node } : { token, node, cards: parseChoice(cards) });
  }
  return { id, epoch: numberAt(raw, ['epoch'], 0), atMs: numberAt(raw, ['at'], 0), binds };
}
