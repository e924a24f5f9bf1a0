import type { ModelGeometries } from '../../src/api/cards/mig-geometries.ts';
import type { CardPart, CardRecord, CardWish, NodeCards } from '../../src/api/records/card-records.ts';

/** Of each way to cut a card the sizes of its instances, by the name of the way. */
type Cuts = ReadonlyMap<string, readonly number[]>;

/**
 * The first rule that these parts break on the node, as the device plugin's documentation has them; written without the
 * scheduler's ledgers. Cards of the mode `mig` are cut by the geometries.
 */
export function brokenRule(
  node: NodeCards | undefined,
  parts: readonly CardPart[],
  models: readonly ModelGeometries[] = [],
): string | undefined {
  for (const [id, users] of Map.groupBy(parts, ({ card }) => card)) {
    const card = node?.cards.find((each) => each.id === id);
    if (card === undefined) return `${id} does not exist`;
    if (node?.mode === 'mig' && !areInstances(users, cutsOf(card, models))) return `instances of ${id}`;
    if (node?.mode !== 'mig' && users.reduce((sum, { memory }) => sum + memory, 0) > card.memory)
      return `memory of ${id}`;
    if (users.reduce((sum, { cores }) => sum + cores, 0) > 100) return `cores of ${id}`;
    if (users.length > card.sharers) return `sharers of ${id}`;
    if (users.length > 1 && users.some(({ cores }) => cores === 100)) return `${id} is not alone`;
  }
  return undefined;
}

/** The sizes of the instances that the hardware makes of the card. */
export function cutsOf({ type }: CardRecord, models: readonly ModelGeometries[]): Cuts {
  const known = models.find((each) => each.models.some((model) => type.includes(model)));
  const sizes = known?.geometries.map(({ group, profiles }) => {
    return [group, profiles.flatMap(({ memory, count }) => Array.from({ length: count }, () => memory))] as const;
  });
  return new Map(sizes);
}

function areInstances(users: readonly CardPart[], cuts: Cuts): boolean {
  const groups = new Set(users.map(({ instance }) => instance?.group ?? ''));
  const positions = new Set(users.map(({ instance }) => instance?.position ?? -1));
  const sizes = cuts.get([...groups].join(' ')) ?? [];
  return positions.size === users.length && [...positions].every((position) => sizes[position] !== undefined);
}

/** What somebody may still have of a card. */
interface Stock {
  /** Undo it. */
  readonly back: () => void;
}

/** Memory that is handed out byte by byte. */
function whole(size: number, users: readonly CardPart[]): (request: Asked) => readonly (() => Stock)[] {
  let left = size - users.reduce((sum, part) => sum + part.memory, 0);
  return ({ memory, percent }) => {
    const asked = memory > 0 ? memory : Math.floor((size * percent) / 100);
    if (asked > left) return [];
    const take = (): Stock => {
      left -= asked;
      return { back: () => void (left += asked) };
    };
    return [take];
  };
}

/** Memory that is handed out in instances, of one way to cut the card at a time. */
function cut(cuts: Cuts, users: readonly CardPart[]): (request: Asked) => readonly (() => Stock)[] {
  let current = users[0]?.instance?.group;
  const taken = new Set(users.map(({ instance }) => instance?.position ?? -1));
  const largest = Math.max(0, ...[...cuts.values()].flat());
  return ({ memory, percent }) => {
    const asked = memory > 0 ? memory : Math.floor((largest * percent) / 100);
    return [...cuts].flatMap(([group, sizes]) => {
      if (current !== undefined && current !== group) return [];
      const open = sizes.flatMap((size, position) => (size >= asked && !taken.has(position) ? [position] : []));
      return open.map((position) => (): Stock => {
        const before = current;
        current = group;
        taken.add(position);
        const back = (): void => {
          current = before;
          taken.delete(position);
        };
        return { back };
      });
    });
  };
}

type Asked = CardWish['requests'][number];

/** Whether the wish can be met beside what is held, by trying everything card by card. */
export function canServe(
  wish: CardWish,
  node: NodeCards | undefined,
  held: readonly CardPart[],
  models: readonly ModelGeometries[] = [],
): boolean {
  if (node?.scheme !== wish.scheme || (wish.mode !== '' && wish.mode !== node.mode)) return false;
  const cards = node.cards.map((card) => {
    const users = held.filter((part) => part.card === card.id);
    const isNamed = wish.types.length === 0 || wish.types.some((each) => card.type.toUpperCase().includes(each));
    return {
      isOpen: card.isHealthy && isNamed,
      ways: node.mode === 'mig' ? cut(cutsOf(card, models), users) : whole(card.memory, users),
      cores: 100 - users.reduce((sum, part) => sum + part.cores, 0),
      places: card.sharers - users.length,
      users: users.length,
    };
  });
  const asking = wish.requests.filter(({ count }) => count > 0);
  /** The request still wants so many cards, of those from `from` on. */
  const serve = (at: number, wanted: number, from: number): boolean => {
    const request = asking[at];
    if (request === undefined) return true;
    if (wanted === 0) return serve(at + 1, asking[at + 1]?.count ?? 0, 0);
    for (let i = from; i < cards.length; i += 1) {
      const card = cards[i];
      if (card?.isOpen !== true) continue;
      const isAlone = request.cores === 100 ? card.users === 0 : request.cores > 0 || card.cores > 0;
      if (!isAlone || request.cores > card.cores || card.places < 1) continue;
      for (const take of card.ways(request)) {
        const stock = take();
        Object.assign(card, after(card, request.cores, 1));
        const isServed = serve(at, wanted - 1, i + 1);
        Object.assign(card, after(card, request.cores, -1));
        stock.back();
        if (isServed) return true;
      }
    }
    return false;
  };
  return serve(0, asking[0]?.count ?? 0, 0);
}

interface Left {
  readonly cores: number;
  readonly places: number;
  readonly users: number;
}

function after(left: Left, cores: number, sign: 1 | -1): Left {
  return { cores: left.cores - sign * cores, places: left.places - sign, users: left.users + sign };
}
