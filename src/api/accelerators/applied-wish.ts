import { isJsonObject, member, numberAt, stringAt } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import { ACCELERATORS_APPLIED_ANNOTATION } from '../keys.ts';
import type { ClaimDemand } from './claim-template.ts';

/** Resources that one container gets, as whole numbers. */
export type DeviceAmounts = Readonly<Record<string, number>>;

/** What a wish was turned into, kept on the pod or template: the same wish is not translated twice. */
export interface AppliedWish {
  /** The one text of the wish. */
  readonly wish: string;
  readonly vendor: string;
  readonly stack: string;
  /** Devices of one pod, in the unit that all vendors share. */
  readonly devices: number;
  readonly container: string;
  /** Empty for a claim. */
  readonly resources: DeviceAmounts;
  /** Undefined for resources. */
  readonly claim: ClaimDemand | undefined;
}

export function formatApplied(applied: AppliedWish): string {
  return JSON.stringify(applied);
}

/** Undefined where none is, and where somebody made something else of it. */
export function readApplied(annotations: JsonObject): AppliedWish | undefined {
  const raw = parsed(stringAt(annotations, [ACCELERATORS_APPLIED_ANNOTATION]));
  const listed = member(raw, 'resources');
  if (!isJsonObject(listed)) return undefined;
  const resources: Record<string, number> = {};
  for (const [name, amount] of Object.entries(listed)) {
    if (typeof amount !== 'number' || !Number.isSafeInteger(amount) || amount <= 0) return undefined;
    resources[name] = amount;
  }
  const className = stringAt(raw, ['claim', 'className']);
  const template = stringAt(raw, ['claim', 'template']);
  return {
    wish: stringAt(raw, ['wish']),
    vendor: stringAt(raw, ['vendor']),
    stack: stringAt(raw, ['stack']),
    devices: numberAt(raw, ['devices'], 0),
    container: stringAt(raw, ['container']),
    resources,
    claim: template === '' || className === '' ? undefined : { className, template },
  };
}

const MAX_LENGTH = 2048;

function parsed(text: string): unknown {
  if (text === '' || text.length > MAX_LENGTH) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
