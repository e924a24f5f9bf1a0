import type { CardChoice, CardPart } from '../records/card-records.ts';

/** The device plugin's word for a card of NVIDIA. */
const TYPE = 'NVIDIA';

/**
 * Volcano's form of a choice: `card,type,memory,cores:` for each part, containers between `;`. A container without cards keeps its
 * place: the device plugin takes the n-th list for the n-th container. An instance stands behind its card: `card[group-position]`.
 */
export function choiceText(choice: CardChoice): string {
  return choice.map(containerText).join(';');
}

/** What cannot be read is no part. */
export function parseChoice(text: string): CardChoice {
  return text.split(';').map((container) => container.split(':').flatMap(parsePart));
}

/** What device plugins and people call the part: the card, or the instance of it. */
export function partId({ card, instance }: Pick<CardPart, 'card' | 'instance'>): string {
  return instance === undefined ? card : `${card}[${instance.group}-${instance.position}]`;
}

function containerText(parts: readonly CardPart[]): string {
  return parts.map((part) => `${partId(part)},${TYPE},${part.memory},${part.cores}:`).join('');
}

function parsePart(entry: string): readonly CardPart[] {
  const [id = '', , memory = '', cores = ''] = entry.split(',');
  const [card = '', instance] = id.split('[');
  if (card === '' || !WHOLE.test(memory) || !WHOLE.test(cores)) return [];
  return [{ card, memory: Number(memory), cores: Number(cores), ...parseInstance(instance) }];
}

/** What cannot be read still is part of the card. */
function parseInstance(text = ''): Pick<CardPart, 'instance'> {
  const [, group, position] = INSTANCE.exec(text) ?? [];
  return group === undefined ? {} : { instance: { group, position: Number(position) } };
}

const WHOLE = /^\d{1,12}$/;
const INSTANCE = /^([^-[\]]+)-(\d{1,4})\]$/;
