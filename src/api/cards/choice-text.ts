import type { CardChoice, CardPart } from '../records/card-records.ts';

/** The device plugin's word for a card of NVIDIA. */
const TYPE = 'NVIDIA';

/**
 * Volcano's form of a choice: `card,type,memory,cores:` for each part, containers between `;`. A container without cards keeps its
 * place: the device plugin takes the n-th list for the n-th container.
 */
export function choiceText(choice: CardChoice): string {
  return choice.map(containerText).join(';');
}

/** What cannot be read is no part. */
export function parseChoice(text: string): CardChoice {
  return text.split(';').map((container) => container.split(':').flatMap(parsePart));
}

function containerText(parts: readonly CardPart[]): string {
  return parts.map(({ card, memory, cores }) => `${card},${TYPE},${memory},${cores}:`).join('');
}

function parsePart(entry: string): readonly CardPart[] {
  const [card = '', , memory = '', cores = ''] = entry.split(',');
  if (card === '' || !WHOLE.test(memory) || !WHOLE.test(cores)) return [];
  return [{ card, memory: Number(memory), cores: Number(cores) }];
}

const WHOLE = /^\d{1,12}$/;
