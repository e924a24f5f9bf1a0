import type { WorkloadKindSpec } from '../../../src/api/kinds/workload-kind.ts';

/** Workflows and the like, whose steps follow each other: each pod stands for itself, in the queue of the whole. Source: their CRDs. */

function handsDown(
  grouping: 'Pod' | 'Children',
  group: string,
  versions: readonly string[],
  kind: string,
  resource: string,
): WorkloadKindSpec {
  return { group, versions, kind, resource, grouping };
}

export const STEPS: readonly WorkloadKindSpec[] = [
  handsDown('Pod', 'argoproj.io', ['v1alpha1'], 'Workflow', 'workflows'),
  handsDown('Children', 'argoproj.io', ['v1alpha1'], 'CronWorkflow', 'cronworkflows'),
  handsDown('Children', 'kubeflow.org', ['v1beta1'], 'ScheduledWorkflow', 'scheduledworkflows'),
  handsDown('Pod', 'tekton.dev', ['v1', 'v1beta1'], 'TaskRun', 'taskruns'),
  handsDown('Children', 'tekton.dev', ['v1', 'v1beta1'], 'PipelineRun', 'pipelineruns'),
  handsDown('Children', 'workload.codeflare.dev', ['v1beta2'], 'AppWrapper', 'appwrappers'),
  // Its objects become PodCliqueSets, LeaderWorkerSets or Deployments, as its operator is set up.
  handsDown('Children', 'nvidia.com', ['v1alpha1'], 'DynamoGraphDeployment', 'dynamographdeployments'),
  handsDown('Children', 'nvidia.com', ['v1alpha1'], 'DynamoComponentDeployment', 'dynamocomponentdeployments'),
  // Of run.ai's kinds no definition is published.
  handsDown('Children', 'run.ai', ['v2alpha1', 'v1alpha1'], 'TrainingWorkload', 'trainingworkloads'),
  handsDown('Children', 'run.ai', ['v2alpha1', 'v1alpha1'], 'InteractiveWorkload', 'interactiveworkloads'),
  handsDown('Children', 'run.ai', ['v2alpha1', 'v1alpha1'], 'DistributedWorkload', 'distributedworkloads'),
  handsDown('Children', 'run.ai', ['v2alpha1', 'v1alpha1'], 'InferenceWorkload', 'inferenceworkloads'),
  handsDown('Pod', 'run.ai', ['v1'], 'RunaiJob', 'runaijobs'),
  handsDown('Pod', 'egx.nvidia.io', ['v1'], 'SPOTRequest', 'spotrequests'),
  handsDown('Children', 'workspace.devfile.io', ['v1alpha2'], 'DevWorkspace', 'devworkspaces'),
  handsDown('Pod', 'kubevirt.io', ['v1'], 'VirtualMachineInstance', 'virtualmachineinstances'),
  handsDown('Children', 'kubevirt.io', ['v1'], 'VirtualMachine', 'virtualmachines'),
  handsDown('Children', 'machinelearning.seldon.io', ['v1'], 'SeldonDeployment', 'seldondeployments'),
];
