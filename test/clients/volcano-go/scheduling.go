package main

import (
	core "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	applymeta "k8s.io/client-go/applyconfigurations/meta/v1"
	bus "volcano.sh/apis/pkg/apis/bus/v1alpha1"
	scheduling "volcano.sh/apis/pkg/apis/scheduling/v1beta1"
	applybus "volcano.sh/apis/pkg/client/applyconfiguration/bus/v1alpha1"
	applyscheduling "volcano.sh/apis/pkg/client/applyconfiguration/scheduling/v1beta1"
	"volcano.sh/apis/pkg/client/clientset/versioned"
	"volcano.sh/apis/pkg/client/informers/externalversions"
)

func commandKind(client versioned.Interface, factory externalversions.SharedInformerFactory) kind[*bus.Command, *bus.CommandList, *applybus.CommandApplyConfiguration] {
	// A command for a job or a queue is gone as soon as it is carried out.
	const other, version = "Other", "example.dev/v1"
	return kind[*bus.Command, *bus.CommandList, *applybus.CommandApplyConfiguration]{
		group: "bus.volcano.sh", version: "v1alpha1", name: "Command", resource: "commands",
		client:   client.BusV1alpha1().Commands(namespace),
		informer: factory.Bus().V1alpha1().Commands().Informer(),
		make: func(name string) *bus.Command {
			target := metav1.OwnerReference{APIVersion: version, Kind: other, Name: name, UID: "1"}
			return &bus.Command{ObjectMeta: placed(name), Action: string(bus.AbortJobAction), TargetObject: &target}
		},
		apply: func(name string, labels map[string]string) *applybus.CommandApplyConfiguration {
			target := applymeta.OwnerReference().WithAPIVersion(version).WithKind(other).WithName(name).WithUID("1")
			return applybus.Command(name, namespace).WithLabels(labels).WithAction(string(bus.AbortJobAction)).WithTargetObject(target)
		},
	}
}

func queueKind(client versioned.Interface, factory externalversions.SharedInformerFactory) kind[*scheduling.Queue, *scheduling.QueueList, *applyscheduling.QueueApplyConfiguration] {
	verbs := client.SchedulingV1beta1().Queues()
	return kind[*scheduling.Queue, *scheduling.QueueList, *applyscheduling.QueueApplyConfiguration]{
		group: "scheduling.volcano.sh", version: "v1beta1", name: "Queue", resource: "queues", client: verbs,
		informer: factory.Scheduling().V1beta1().Queues().Informer(),
		make: func(name string) *scheduling.Queue {
			return &scheduling.Queue{ObjectMeta: metav1.ObjectMeta{Name: name}, Spec: scheduling.QueueSpec{Weight: 1}}
		},
		apply: func(name string, labels map[string]string) *applyscheduling.QueueApplyConfiguration {
			return applyscheduling.Queue(name).WithLabels(labels).WithSpec(applyscheduling.QueueSpec().WithWeight(2))
		},
		status: &status[*scheduling.Queue, *applyscheduling.QueueApplyConfiguration]{
			client: verbs,
			set:    func(queue *scheduling.Queue) { queue.Status.Unknown = 7 },
			read:   func(queue *scheduling.Queue) bool { return queue.Status.Unknown == 7 },
			apply: func(name string) *applyscheduling.QueueApplyConfiguration {
				return applyscheduling.Queue(name).WithStatus(applyscheduling.QueueStatus().WithUnknown(7).WithAllocated(core.ResourceList{}))
			},
		},
	}
}

func podGroupKind(client versioned.Interface, factory externalversions.SharedInformerFactory) kind[*scheduling.PodGroup, *scheduling.PodGroupList, *applyscheduling.PodGroupApplyConfiguration] {
	return kind[*scheduling.PodGroup, *scheduling.PodGroupList, *applyscheduling.PodGroupApplyConfiguration]{
		group: "scheduling.volcano.sh", version: "v1beta1", name: "PodGroup", resource: "podgroups",
		client:   client.SchedulingV1beta1().PodGroups(namespace),
		informer: factory.Scheduling().V1beta1().PodGroups().Informer(),
		make: func(name string) *scheduling.PodGroup {
			return &scheduling.PodGroup{ObjectMeta: placed(name), Spec: scheduling.PodGroupSpec{MinMember: 2, Queue: "default"}}
		},
		apply: func(name string, labels map[string]string) *applyscheduling.PodGroupApplyConfiguration {
			return applyscheduling.PodGroup(name, namespace).WithLabels(labels).WithSpec(applyscheduling.PodGroupSpec().WithMinMember(2))
		},
	}
}
