import { quantityToUnits } from '../../lib/quantity.ts';
import { deviceClass, DEVICE_CLASSES } from './device-class.ts';
import { PLAIN_WISH } from './wish.ts';
import type { AcceleratorWish } from './wish.ts';

/** What is wrong with a text, and where: the column of its first character, from 1 on. */
export interface WishMistake {
  readonly column: number;
  readonly message: string;
}

export type ParsedWish =
  | { readonly kind: 'wish'; readonly wish: AcceleratorWish }
  | { readonly kind: 'mistake'; readonly mistake: WishMistake };

/** Longer texts are nobody's wish. */
const MAX_WISH_LENGTH = 256;
/** No machine has more. */
const MAX_DEVICES = 1024;
const MAX_MODELS = 8;
/** 16 TiB. */
const MAX_MEMORY_MIB = 16 * 1024 ** 2;

/**
 * Reads `8 x gpu, memory >= 80Gi, one NVLink domain`: parts between commas, in any order, each at most once. The grammar
 * stands in docs/concepts/accelerators.md. O(length).
 */
export function parseWish(text: string): ParsedWish {
  if (text.length > MAX_WISH_LENGTH) return mistake(1, `must have at most ${MAX_WISH_LENGTH} characters`);
  let wish = PLAIN_WISH;
  const said = new Set<string>();
  for (const part of partsOf(text)) {
    const read = readPart(part);
    if (read.kind === 'mistake') return read;
    const again = read.fields.find((field) => said.has(field));
    if (again !== undefined) return mistake(part.column, `${NAMES[again] ?? again} is said twice`);
    for (const field of read.fields) said.add(field);
    wish = { ...wish, ...read.wish };
  }
  return contradiction(wish, said) ?? { kind: 'wish', wish };
}

interface Token {
  readonly text: string;
  readonly column: number;
}

interface Part {
  readonly tokens: readonly Token[];
  /** Of the part itself. */
  readonly column: number;
}

type Read =
  | { readonly kind: 'fields'; readonly fields: readonly string[]; readonly wish: Partial<AcceleratorWish> }
  | { readonly kind: 'mistake'; readonly mistake: WishMistake };

const TOKEN = /[A-Za-z0-9.+_-]+|>=|[^\sA-Za-z0-9.+_-]/gu;

function partsOf(text: string): readonly Part[] {
  const parts: Part[] = [];
  let start = 0;
  for (const piece of text.split(',')) {
    const at = start;
    const tokens = [...piece.matchAll(TOKEN)].map((found) => ({ text: found[0], column: at + found.index + 1 }));
    parts.push({ tokens, column: tokens[0]?.column ?? start + 1 });
    start += piece.length + 1;
  }
  return parts;
}

function readPart(part: Part): Read {
  const [first] = part.tokens;
  if (first === undefined) return mistake(part.column, 'says nothing between commas');
  const word = first.text.toLowerCase();
  const read = READERS.get(word);
  if (read !== undefined) return read(part);
  const isMemoryOfClass = deviceClass(word) !== undefined && part.tokens[1]?.text.toLowerCase() === 'memory';
  return isMemoryOfClass ? readClassMemory(part) : readDevices(part);
}

const NUMBER = /^(\d{1,6}(?:\.\d{1,2})?)(x?)$/i;
const NAME = /^[a-z0-9][a-z0-9.+_-]{0,62}$/;

/** `8 x gpu`, `8x gpu`, `8 gpu`, `gpu`, `0.5 gpu`, `2 x h100`. */
function readDevices({ tokens, column }: Part): Read {
  const [first, second, third, ...rest] = tokens;
  const number = NUMBER.exec(first?.text ?? '');
  const hasTimes = number?.[2] === '' && second?.text.toLowerCase() === 'x';
  const nouns = number === null ? [first, second, third] : hasTimes ? [third] : [second, third];
  const [noun, ...left] = [...nouns, ...rest].filter((token) => token !== undefined);
  if (noun === undefined) return mistake(column, `lacks what is counted: ${DEVICE_CLASSES.join(', ')} or a model`);
  if (left[0] !== undefined) return mistake(left[0].column, `does not belong here: ${left[0].text}`);
  const amount = readAmount(number?.[1] ?? '1');
  if (amount === undefined) return mistake(column, `must be from 0.01 to 0.99, or a whole number up to ${MAX_DEVICES}`);
  const word = noun.text.toLowerCase();
  const known = deviceClass(word);
  if (known !== undefined) return fields(['count'], { ...amount, deviceClass: known });
  if (!NAME.test(word)) return mistake(noun.column, `is neither a class of devices nor a model: ${noun.text}`);
  return fields(['count', 'models'], { ...amount, models: [word] });
}

function readAmount(text: string): Pick<AcceleratorWish, 'count' | 'share'> | undefined {
  const hundredths = Math.round(Number(text) * 100);
  if (hundredths > 0 && hundredths < 100) return { count: 1, share: hundredths };
  const isWhole = hundredths % 100 === 0 && hundredths > 0 && hundredths <= MAX_DEVICES * 100;
  return isWhole ? { count: hundredths / 100, share: 0 } : undefined;
}

/** `gpu memory 10Gi shared` says the class on the way. */
function readClassMemory({ tokens, column }: Part): Read {
  const read = readMemory({ tokens: tokens.slice(1), column });
  const known = deviceClass(tokens[0]?.text.toLowerCase() ?? '');
  if (read.kind === 'mistake' || known === undefined) return read;
  return fields(['count', ...read.fields], { ...read.wish, deviceClass: known });
}

/** `memory >= 80Gi`, `memory 10Gi shared`. */
function readMemory({ tokens, column }: Part): Read {
  const [, second, third, ...rest] = tokens;
  if (second?.text === '>=' && third !== undefined && rest.length === 0) {
    const memoryMib = mebibytes(third.text);
    return memoryMib === undefined ? badMemory(third) : fields(['memoryMib'], { memoryMib });
  }
  if (second !== undefined && third?.text.toLowerCase() === 'shared' && rest.length === 0) {
    const sharedMib = mebibytes(second.text);
    return sharedMib === undefined ? badMemory(second) : fields(['sharedMib'], { sharedMib });
  }
  return mistake(column, 'must read "memory >= 80Gi" or "memory 10Gi shared"');
}

/** People write GB where a quantity has G. */
function mebibytes(text: string): number | undefined {
  if (!/^\d{1,8}(\.\d{1,3})?([MGT]i|[MGT]B?)$/.test(text)) return undefined;
  const mib = Math.ceil((quantityToUnits(text.replace(/B$/, ''), 'kibi', 'up') ?? 0) / 1024);
  return mib > 0 && mib <= MAX_MEMORY_MIB ? mib : undefined;
}

function badMemory({ column, text }: Token): Read {
  return mistake(column, `is no amount of memory such as 80Gi: ${text}`);
}

/** `model h100|a100`. */
function readModel({ tokens, column }: Part): Read {
  const names = tokens.slice(1).filter((_, index) => index % 2 === 0);
  const bars = tokens.slice(1).filter((_, index) => index % 2 === 1);
  const models = names.map(({ text }) => text.toLowerCase());
  const isList = names.length === bars.length + 1 && bars.every(({ text }) => text === '|');
  if (!isList || models.length > MAX_MODELS || !models.every((model) => NAME.test(model)))
    return mistake(column, `must read "model h100" or "model h100|a100", with up to ${MAX_MODELS} models`);
  return fields(['models'], { models: [...new Set(models)] });
}

function readCompute({ tokens, column }: Part): Read {
  const [, sign, number, ...rest] = tokens;
  const found = /^(\d{1,2})(?:\.(\d{1,2}))?$/.exec(number?.text ?? '');
  if (sign?.text !== '>=' || found === null || rest.length > 0) return mistake(column, 'must read "compute >= 8.0"');
  return fields(['compute'], { compute: Number(found[1]) * 100 + Number(found[2] ?? 0) });
}

function readDomain({ tokens, column }: Part): Read {
  const [, link, domain, ...rest] = tokens.map(({ text }) => text.toLowerCase());
  const isGroupDomain = rest.join(' ') === 'for the group';
  const isDomain =
    (link === 'nvlink' || link === 'link') && domain === 'domain' && (isGroupDomain || rest.length === 0);
  if (isDomain) return fields(['isOneDomain'], { isOneDomain: true, isGroupDomain });
  return mistake(column, 'must read "one NVLink domain" or "one NVLink domain for the group"');
}

function readMayCome({ tokens, column }: Part): Read {
  const isWhole = tokens.length === 2 && tokens[1]?.text.toLowerCase() === 'come';
  return isWhole ? fields(['mayCome'], { mayCome: true }) : mistake(column, 'must read "may come"');
}

function named(field: 'vendor' | 'profile' | 'topology' | 'container', shape: RegExp): (part: Part) => Read {
  return ({ tokens, column }) => {
    const [first, second, ...rest] = tokens;
    const name = second?.text.toLowerCase() ?? '';
    if (rest.length > 0 || !shape.test(name)) return mistake(column, `must name one ${field} after "${first?.text}"`);
    return fields([field], { [field]: name });
  };
}

const readProfile = named('profile', /^\d{1,2}[a-z]\.\d{1,4}gb(\+[a-z.]{1,16})?$/);

const READERS: ReadonlyMap<string, (part: Part) => Read> = new Map<string, (part: Part) => Read>([
  ['memory', readMemory],
  ['model', readModel],
  ['vendor', named('vendor', NAME)],
  ['compute', readCompute],
  ['profile', readProfile],
  ['mig', readProfile],
  ['topology', named('topology', /^\d{1,4}(x\d{1,4}){1,2}$/)],
  ['one', readDomain],
  ['container', named('container', /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/)],
  ['may', readMayCome],
]);

const NAMES: Readonly<Record<string, string>> = {
  count: 'how many devices',
  models: 'the model',
  memoryMib: 'the memory',
  sharedMib: 'the share of memory',
  isOneDomain: 'the domain',
};

function contradiction(wish: AcceleratorWish, said: ReadonlySet<string>): ParsedWish | undefined {
  const shares = [wish.share > 0, wish.sharedMib > 0, wish.profile !== ''].filter(Boolean).length;
  if (shares > 1)
    return mistake(1, 'asks for a share in two ways; a fraction, shared memory and a profile exclude each other');
  if (wish.sharedMib > 0 && wish.count > 1) return mistake(1, 'shared memory is of one device');
  if (!said.has('count') && !said.has('models') && shares === 0) {
    return mistake(1, 'does not say which devices: begin with "1 x gpu" or a model');
  }
  return undefined;
}

function fields(names: readonly string[], wish: Partial<AcceleratorWish>): Read {
  return { kind: 'fields', fields: names, wish };
}

function mistake(column: number, message: string): { readonly kind: 'mistake'; readonly mistake: WishMistake } {
  return { kind: 'mistake', mistake: { column, message } };
}
