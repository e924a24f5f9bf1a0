import { numberArgument } from '../framework/plugin.ts';
import type { Plugin } from '../framework/plugin.ts';
import type { Task } from '../model/task.ts';
import { KeptProportions } from './kept-proportions.ts';
import type { ProportionKeys } from './kept-proportions.ts';
import { OwnStrategies } from './own-strategies.ts';
import { ScarcityAvoidance } from './scarcity-avoidance.ts';
import { readStrategies, Strategies } from './strategies.ts';

/** Highest score for one node, before the plugin's weight. */
const MAX_SCORE = 100;
const DEFAULT_WEIGHT = 10;

/** Nodes that are as full as is wanted, resource by resource; scarce resources and cards are kept for who asks for them. */
export const resourceStrategyFit: Plugin = {
  name: 'resource-strategy-fit',
  make: (snapshot, options) => {
    const weight = numberArgument(options, 'resourceStrategyFitWeight', DEFAULT_WEIGHT);
    const scale = (weight < 0 ? DEFAULT_WEIGHT : weight) * MAX_SCORE;
    const given = readStrategies(options);
    const strategies = new Strategies(snapshot, given);
    const own = new OwnStrategies(snapshot, given, scale);
    const avoidance = new ScarcityAvoidance(snapshot, options);
    const proportions = KeptProportions.from(options, PROPORTIONS, snapshot);
    return {
      scoreNode: (taskClass, node) => strategies.score(taskClass, node) * scale + avoidance.score(node),
      // By class, and by what pods say themselves.
      claimStampFn: () => 0,
      wishFn: (task) => (task.record.strategy === '' ? undefined : own.contextOf(task.record.strategy)),
      ...(proportions && { contextFn: (task: Task) => proportions.contextOf(task) }),
    };
  },
};

const PROPORTIONS: ProportionKeys = {
  enable: 'proportional.enable',
  cards: 'proportional.resources',
  ratios: 'proportional.resourceProportion.',
};
