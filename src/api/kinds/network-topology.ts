import { Enum, Fields, Int32, Optional, Text } from './schema-helper.ts';

/** How close to each other the pods of a group, or of a part of one, have to be. */
export const networkTopology = Fields(
  {
    mode: Optional(
      Enum(
        ['hard', 'soft'],
        'hard keeps the pods within one domain of the tier or a lower one, or does not place them; without a tier, and with soft, they are placed as near to each other as there is room.',
        {
          default: 'hard',
        },
      ),
    ),
    highestTierAllowed: Optional(
      Int32('Highest tier of HyperNodes that the pods may be spread over; for hard.', { minimum: 0 }),
    ),
    highestTierName: Optional(Text('The same, by the name of the tier. Not together with highestTierAllowed.')),
  },
  'How close to each other in the network the pods have to be, by HyperNodes. For schedulers with the plugin network-topology-aware; without it pods with a hard tier wait.',
);
