import { Enum, Fields, Int32, Optional, Text } from './schema-helper.ts';

/** How close to each other the pods of a group, or of a part of one, have to be. */
export const networkTopology = Fields(
  {
    mode: Optional(
      Enum(['hard', 'soft'], 'hard keeps the pods within the tier or does not place them; soft only tries.', {
        default: 'hard',
      }),
    ),
    highestTierAllowed: Optional(
      Int32('Highest tier of the network that the pods may be spread over.', { minimum: 0 }),
    ),
    highestTierName: Optional(Text('The same, by the name of the tier. Not together with highestTierAllowed.')),
  },
  'How close to each other in the network the pods have to be. Stored only: it has no effect yet.',
);
