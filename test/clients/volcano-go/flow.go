package main

import (
	flow "volcano.sh/apis/pkg/apis/flow/v1alpha1"
	applyflow "volcano.sh/apis/pkg/client/applyconfiguration/flow/v1alpha1"
	"volcano.sh/apis/pkg/client/clientset/versioned"
	"volcano.sh/apis/pkg/client/informers/externalversions"
)

func jobFlowKind(client versioned.Interface, factory externalversions.SharedInformerFactory) kind[*flow.JobFlow, *flow.JobFlowList, *applyflow.JobFlowApplyConfiguration] {
	verbs := client.FlowV1alpha1().JobFlows(namespace)
	return kind[*flow.JobFlow, *flow.JobFlowList, *applyflow.JobFlowApplyConfiguration]{
		group: "flow.volcano.sh", version: "v1alpha1", name: "JobFlow", resource: "jobflows", client: verbs,
		informer: factory.Flow().V1alpha1().JobFlows().Informer(),
		make: func(name string) *flow.JobFlow {
			return &flow.JobFlow{ObjectMeta: placed(name), Spec: flow.JobFlowSpec{Flows: []flow.Flow{{Name: "absent"}}, JobRetainPolicy: flow.Delete}}
		},
		apply: func(name string, labels map[string]string) *applyflow.JobFlowApplyConfiguration {
			steps := applyflow.JobFlowSpec().WithFlows(applyflow.Flow().WithName("absent")).WithJobRetainPolicy(flow.Retain)
			return applyflow.JobFlow(name, namespace).WithLabels(labels).WithSpec(steps)
		},
		status: &status[*flow.JobFlow, *applyflow.JobFlowApplyConfiguration]{
			client: verbs,
			set:    func(flow *flow.JobFlow) { flow.Status.UnKnowJobs = []string{mark} },
			read: func(flow *flow.JobFlow) bool {
				return len(flow.Status.UnKnowJobs) == 1 && flow.Status.UnKnowJobs[0] == mark
			},
			apply: func(name string) *applyflow.JobFlowApplyConfiguration {
				return applyflow.JobFlow(name, namespace).WithStatus(applyflow.JobFlowStatus().WithUnKnowJobs(mark))
			},
		},
	}
}

func jobTemplateKind(client versioned.Interface, factory externalversions.SharedInformerFactory) kind[*flow.JobTemplate, *flow.JobTemplateList, *applyflow.JobTemplateApplyConfiguration] {
	verbs := client.FlowV1alpha1().JobTemplates(namespace)
	return kind[*flow.JobTemplate, *flow.JobTemplateList, *applyflow.JobTemplateApplyConfiguration]{
		group: "flow.volcano.sh", version: "v1alpha1", name: "JobTemplate", resource: "jobtemplates", client: verbs,
		informer: factory.Flow().V1alpha1().JobTemplates().Informer(),
		make: func(name string) *flow.JobTemplate {
			return &flow.JobTemplate{ObjectMeta: placed(name), Spec: jobSpec()}
		},
		apply: func(name string, labels map[string]string) *applyflow.JobTemplateApplyConfiguration {
			return applyflow.JobTemplate(name, namespace).WithLabels(labels).WithSpec(applyJobSpec())
		},
		status: &status[*flow.JobTemplate, *applyflow.JobTemplateApplyConfiguration]{
			client: verbs,
			set:    func(template *flow.JobTemplate) { template.Status.JobDependsOnList = []string{mark} },
			read: func(template *flow.JobTemplate) bool {
				return len(template.Status.JobDependsOnList) == 1 && template.Status.JobDependsOnList[0] == mark
			},
			apply: func(name string) *applyflow.JobTemplateApplyConfiguration {
				return applyflow.JobTemplate(name, namespace).WithStatus(applyflow.JobTemplateStatus().WithJobDependsOnList(mark))
			},
		},
	}
}
