import type { CardPart, CardWish, NodeCards } from '../../src/api/records/card-records.ts';

/** The first rule that these parts break on the node, as the device plugin's documentation has them; written without the scheduler's ledgers. */
export function brokenRule(node: NodeCards | undefined, parts: readonly CardPart[]): string | undefined {
  for (const [id, users] of Map.groupBy(parts, ({ card }) => card)) {
    const card = node?.cards.find((each) => each.id === id);
    if (card === undefined) return `${id} does not exist`;
    if (users.reduce((sum, { memory }) => sum + memory, 0) > card.memory) return `memory of ${id}`;
    if (users.reduce((sum, { cores }) => sum + cores, 0) > 100) return `cores of ${id}`;
    if (users.length > card.sharers) return `sharers of ${id}`;
    if (users.length > 1 && users.some(({ cores }) => cores === 100)) return `${id} is not alone`;
  }
  return undefined;
}

/** Whether the wish can be met beside what is held, by trying everything card by card. */
export function canServe(wish: CardWish, node: NodeCards | undefined, held: readonly CardPart[]): boolean {
  if (node?.scheme !== wish.scheme || (wish.mode !== '' && wish.mode !== node.mode)) return false;
  const cards = node.cards.map(({ id, memory, sharers, isHealthy, type }) => {
    const users = held.filter((part) => part.card === id);
    const isNamed = wish.types.length === 0 || wish.types.some((each) => type.toUpperCase().includes(each));
    return {
      size: memory,
      isOpen: isHealthy && isNamed,
      memory: memory - users.reduce((sum, part) => sum + part.memory, 0),
      cores: 100 - users.reduce((sum, part) => sum + part.cores, 0),
      places: sharers - users.length,
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
      const memory = request.memory > 0 ? request.memory : Math.floor((card.size * request.percent) / 100);
      const isAlone = request.cores === 100 ? card.users === 0 : request.cores > 0 || card.cores > 0;
      if (!isAlone || memory > card.memory || request.cores > card.cores || card.places < 1) continue;
      Object.assign(card, after(card, memory, request.cores, 1));
      const isServed = serve(at, wanted - 1, i + 1);
      Object.assign(card, after(card, memory, request.cores, -1));
      if (isServed) return true;
    }
    return false;
  };
  return serve(0, asking[0]?.count ?? 0, 0);
}

interface Left {
  readonly memory: number;
  readonly cores: number;
  readonly places: number;
  readonly users: number;
}

function after(left: Left, memory: number, cores: number, sign: 1 | -1): Left {
  return {
    memory: left.memory - sign * memory,
    cores: left.cores - sign * cores,
    places: left.places - sign,
    users: left.users + sign,
  };
}
