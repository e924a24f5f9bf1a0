import type { ActionName, PluginName } from './policy.ts';

const ONE_THREAD = 'decisions are made by one thread';
const ALL_NODES = 'all nodes are looked at';
const NO_SESSIONS = 'the whole cluster is not sent in each cycle';
const NO_EVENTS = 'a node that is asked about comes with all pods that were placed on it';
const NO_ASCEND = 'NPUs of Ascend are not given out';

/** Arguments that Volcano takes and that would do nothing here, with the reason. */
export const IDLE_ARGUMENTS: Readonly<Partial<Record<PluginName | ActionName, ReadonlyMap<string, string>>>> = {
  preempt: new Map([
    ['topologyAwarePreemptWorkerNum', ONE_THREAD],
    ['minCandidateNodesPercentage', ALL_NODES],
    ['minCandidateNodesAbsolute', ALL_NODES],
    ['maxCandidateNodesAbsolute', ALL_NODES],
  ]),
  capacity: new Map([
    ['capacity.DRAConsumableCapacityEnable', 'queues count devices that are claimed, and no parts of them'],
  ]),
  deviceshare: new Map([
    ['deviceshare.NodeLockEnable', 'cards are told in one write with the binding, and no node is locked'],
    ['deviceshare.AscendMindClusterVNPUEnable', NO_ASCEND],
    ['deviceshare.AscendHAMiVNPUEnable', NO_ASCEND],
  ]),
  extender: new Map([
    ['extender.jobReadyVerb', 'what may start is an invariant'],
    ['extender.jobEnqueuedVerb', 'what was let in is told by the PodGroup, whose phase is Inqueue then'],
    ['extender.onSessionOpenVerb', NO_SESSIONS],
    ['extender.onSessionCloseVerb', NO_SESSIONS],
    ['extender.allocateFuncVerb', NO_EVENTS],
    ['extender.deallocateFuncVerb', NO_EVENTS],
  ]),
  predicates: new Map([
    [
      'predicate.GPUSharingEnable',
      'cards are given out by the plugin deviceshare, which has deviceshare.GPUSharingEnable',
    ],
    [
      'predicate.GPUNumberEnable',
      'cards are given out by the plugin deviceshare, which has deviceshare.GPUNumberEnable',
    ],
    ['volumebinding.weight', 'nodes are not scored by the room that their storage has'],
    ['volumebinding.shape', 'nodes are not scored by the room that their storage has'],
    ['dynamicresources.filterTimeoutSeconds', 'a search for devices ends after a number of steps, not after a time'],
  ]),
  rescheduling: new Map([['metricsPeriod', 'what is measured is an average over five minutes']]),
};
