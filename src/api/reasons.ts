/** One sentence for people on each reason code; `docs/errors.md` has the same list, held together by a test. */
export const REASONS = {
  // Admission
  QueueNotFound: 'The workload names a queue that does not exist.',
  QueueNotOpen: 'The workload names a queue that takes no new work.',
  QueueChangeDenied: 'A Command would open or close a queue, and its user has no right to update that queue.',
  QueueUseDenied: 'The user has no right to use the queue that the work names, or that its group is in.',
  BypassDenied: 'The user has no right to run work outside of the queues in a namespace that opted in.',
  RightUnknown: 'Whether the user has a right that is needed could not be found out in time.',
  SealBroken: 'What Sluice wrote on a new object was changed or taken away before it was stored.',
  InvalidMinMember: 'The lower bound of the gang is not a whole number from 1 to the number of pods.',
  InvalidSubGroupPolicy: 'A policy that splits the group into parts has a value that is not allowed.',
  InvalidGroupPlan: 'The group plan annotation was edited into something that is not a plan.',
  InvalidResources: 'A list of resources in an annotation cannot be read.',
  AcceleratorsRefused:
    'The devices that are wished for cannot be read or are not known, no node has them, or the containers ask for others.',
  DatasetNotFound: 'The datasets that are claimed cannot be read, or one that pods insist on lies nowhere.',
  InvalidDataset: 'The Dataset has a field whose value is not allowed.',
  TooManyNodeTerms: 'The pod has more alternatives of nodes than requirements can be added to.',
  InvalidGroupName: 'The group name is not a valid object name.',
  FixedMembership:
    'Group, role, queue and plan of a pod are fixed once it belongs to a group; the plan of a Job is for Sluice to write.',
  OwnedGroup: 'The PodGroup is made from another object, which has to be changed in its place.',
  InvalidNetworkTopology: 'How close the pods of the group, or of a part, have to be is said in two ways.',
  PriorityNotAllowed: "A PodGroup or Job of Volcano may not take one of the cluster's own priority classes.",
  InvalidWorkloadKind: 'The description of a workload kind has a field or path that could not be acted on.',
  InvalidQueueSpec: 'The queue has a field whose value is not allowed.',
  InvalidJob: 'The Job of Volcano has a field whose value is not allowed, or may not be changed.',
  InvalidCronJob: 'The CronJob of Volcano has a field whose value is not allowed.',
  InvalidHyperNode: 'The HyperNode has a field whose value is not allowed.',
  InvalidDisruption: 'An annotation about how many pods of a group may go at once has a value that is not allowed.',
  InvalidJobFlow: 'The JobFlow has a field whose value is not allowed.',
  InvalidJobTemplate: 'The JobTemplate has a field whose value would not be allowed in a Job of Volcano.',
  ProtectedQueue: 'The root and default queues cannot be deleted.',
  QueueInUse: 'The queue cannot be deleted while groups in it have not come to their end.',
  QueueHasChildren: 'The queue cannot be deleted while other queues name it as their parent.',
  InvalidPolicy: 'The policy has a field whose value is not allowed.',
  PolicyWriteDenied: 'The user has no right to write policies, and so none to write them into a ConfigMap.',
  PolicyConflict: 'A policy of the cluster or the namespace does not allow the value that the object has.',
  PolicyExpressionFailed: 'An expression of a policy gave no answer for the object.',
  PolicyReferenceNotFound: 'A policy names a queue, priority class or runtime class that does not exist.',
  InternalError: 'Sluice failed inside; the declared failure mode of the webhook decided.',
  Overloaded: 'Too many reviews are waiting; the declared failure mode of the webhook decided.',
  ObjectTooLarge:
    'The object has more values, or nests deeper, than is read of one in a review; the failure mode of the webhook decided.',
  // Scheduling
  NotEnoughResources: 'The members that must start together do not fit the cluster at the same time.',
  NeverFits: 'The group can never start as the cluster and its queue are: something has to change.',
  NeedsNotSupported:
    'Pods of the group need what the scheduler does not look at yet: it places them nowhere rather than against it.',
  LacksCompany:
    'Pods of the group must stand beside other pods by their affinity, and none of those stands anywhere yet.',
  VolumeNotReady:
    'A claim of pods of the group is not there, is on its way out, or waits for a volume that others have to bind to it.',
  VolumeInUse: 'A claim of pods of the group is for one pod at a time, and another pod has it.',
  DeviceClaimNotReady:
    'A ResourceClaim of pods of the group, or a DeviceClass that it names, is not there, or is on its way out.',
  DeviceSelectorFailed:
    'A selector of a ResourceClaim of pods of the group, or of its DeviceClass, fails on a device: it says neither yes nor no.',
  NoDomainFits:
    'The pods of the group have to be near each other in the network, and no domain that is small enough has room for them.',
  NoSuchTier: 'The tier of the network that the pods of the group have to be within does not exist.',
  NotEnoughPods: 'Fewer pods exist than the gang needs to start.',
  NotEnoughPodsOfTask: 'A role of the gang has fewer pods than it needs to start.',
  NotEnoughSubGroups: 'Fewer parts of the gang have all their pods than it needs to start.',
  RoomPromised: 'Room that pods on their way out will free is promised to the group.',
  Preempted:
    'The pod was evicted so that a group that comes before it in its queue, or a pod of its group that does, gets the room.',
  Reclaimed: 'The pod was evicted so that another queue gets what it deserves.',
  RoomReserved: 'The group has waited for room for so long that what becomes free on some nodes is kept for it.',
  StartPlanned:
    'The group has a planned start, by what owners say of how long their pods run; nothing that would delay it gets its room.',
  RoomPlanned: 'Room is kept for a group with a planned start, and this one would not have given it back before.',
  Evict: 'Pods of the group, or of what owns them, were evicted for others; the note says for whom.',
  EvictionRefused:
    'A pod that was to go for others stays: the API server refused its eviction, as a rule for a disruption budget.',
  PartlyEvicted: 'Pods of a gang were evicted and others of it could not be: they are tried again.',
  Shuffled: 'The pod was evicted since it has to run elsewhere, or at another time.',
  QueueOverused: 'The queue already holds its share of the cluster.',
  QueueLimit:
    'The queue has nothing left of a resource: of its share, of its capability or that of a queue above it, or of what others leave.',
  GroupNotFound: 'The pod names a PodGroup that does not exist.',
  GroupGrows:
    'The group is about to ask for more members than it does: what it was made for was scaled up, or its next stage opens.',
  GangTooLarge: 'The gang has more members than one bind plan can record.',
  WaitingInQueue: 'The group waits for room in its queue, or in the whole cluster, before it is considered.',
  BehindInLine: 'The queue of the group serves in order, and the first in line waits for room.',
  WaitingForQuota:
    'The group waits until a ResourceQuota of its namespace has room for the pods that it would be given.',
  WaitingForExtender: 'A program outside is asked about the group or its queue, and has not answered.',
  RefusedByExtender: 'A program outside, which the configuration names, keeps the group or its queue out.',
  GuaranteeTooLarge: 'The guarantees of all queues together are more than the cluster has; this one is kept in part.',
  QueueTreeBroken:
    'A queue above the one of the group does not exist, or stands above itself, or its place in a tree of annotations cannot be read: nothing new starts there.',
  // Engine
  PolicyInForce: 'What the policy says is in force.',
  PolicyNotReadable: 'The policy as it is written cannot be read; the form of before stays in force, if there was one.',
  PolicyNameTaken: 'A policy of a ConfigMap has the name of one that was made otherwise, and yields to it.',
  PolicyYields: 'A policy that comes before this one decides about the same field of the same objects.',
  PlanAbandoned: 'A bind plan could not be finished; its bound pods were deleted so that no gang stays partly placed.',
  UnmanagedPod: 'A pod in an opted-in namespace was created without passing the webhook and cannot be adopted.',
  UnmanagedJob: 'A Job in an opted-in namespace was created without passing the webhook, so that it forms no gang.',
  OpenQueue: 'A Command asked for the queue to take new work; the note says what came of it.',
  CloseQueue: 'A Command asked for the queue to take no new work; the note says what came of it.',
  CommandRefused: 'A Command asked for what cannot be done with the object.',
  SuccessfulCreate: 'A job was made that its CronJob had planned.',
  SuccessfulDelete: 'A job of the CronJob was deleted: it was replaced, or more are kept than the CronJob says.',
  SawCompletedJob: 'A job of the CronJob has come to its end.',
  MissingJob: 'A job of the CronJob that had not come to its end is gone.',
  JobAlreadyActive: 'A job was due and was not made, since one of before still runs.',
  FailedCreate: 'An object could not be made: another one has its name, or the API server refused it.',
  TooManyMissedTimes: 'Many times of the schedule went by without a job; only the latest is made up for.',
  UnparseableSchedule: 'The schedule of the CronJob cannot be read: it makes no jobs.',
  UnknownTimeZone: 'The time zone of the CronJob is not known: it makes no jobs.',
  Created: 'A JobFlow made one of its jobs.',
  JobTemplateMissing:
    'A JobFlow names a JobTemplate that does not exist in its namespace: the job is made once it does.',
  JobNameTaken: 'A Job with the name that a job of a JobFlow would have exists and is not of that flow.',
  ShardTooSmall:
    'A NodeShard has fewer nodes than its scheduler is to have: there are no more that its policies let in.',
  DataFar: 'Pods that claim the dataset run far from it; whoever caches it may bring it near.',
  CommandIssued: 'A Command for the Job was taken, and is carried out once.',
  ExecuteAction: 'Something is done about the Job: a Command asked for it, or one of its policies.',
  PodGroupPending: 'The group of the Job waits; the note says what for.',
  GroupPlanned:
    'A group was made for the object; the note says its queue, who starts together, and what its pods are given.',
  GroupWaits: 'The group that was made for the object has waited for long; the note says what for.',
  AdoptedPod: 'A pod that came without a group was adopted into one.',
  PluginError:
    'A plugin of the Job of Volcano has arguments or a name that cannot be taken, or cannot have what it needs.',
  PVCError: 'A claim of the Job of Volcano does not exist, or could not be made.',
  PodGroupError: 'The group of the Job of Volcano could not be made or changed.',
  JobStatusError: 'The status of the Job of Volcano could not be written.',
  PodNameTaken: 'A pod with the name of one of the Job exists and is not of that Job.',
  GroupNameTaken: 'A PodGroup with the planned name exists and belongs to another object.',
  VolumeNotBound: 'The claims of pods that have places were not bound, so that the pods were not bound either.',
  DevicesNotReady:
    'The claims for devices of pods that have places were not allocated, or their devices did not become ready, so that the pods were not bound.',
  WriteRefused: 'The API server refused a write that Sluice needs for this object.',
  ConfigurationRefused: 'The configuration has mistakes; the one before stays in force.',
  ConfigurationTrimmed: 'Parts of the configuration are not acted on; the rest is in force.',
  CheckerRefused: 'The invariant checker stopped a decision before it was written.',
} as const;

/** A code that users and machines can rely on. */
export type ReasonCode = keyof typeof REASONS;

/** The sentence for a code; empty for a text that is none. */
export function reasonSentence(code: string): string {
  return isReasonCode(code) ? REASONS[code] : '';
}

function isReasonCode(code: string): code is ReasonCode {
  return Object.hasOwn(REASONS, code);
}
