package main

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	applymeta "k8s.io/client-go/applyconfigurations/meta/v1"
	config "volcano.sh/apis/pkg/apis/config/v1alpha1"
	nodeinfo "volcano.sh/apis/pkg/apis/nodeinfo/v1alpha1"
	shard "volcano.sh/apis/pkg/apis/shard/v1alpha1"
	topology "volcano.sh/apis/pkg/apis/topology/v1alpha1"
	applyconfig "volcano.sh/apis/pkg/client/applyconfiguration/config/v1alpha1"
	applynodeinfo "volcano.sh/apis/pkg/client/applyconfiguration/nodeinfo/v1alpha1"
	applyshard "volcano.sh/apis/pkg/client/applyconfiguration/shard/v1alpha1"
	applytopology "volcano.sh/apis/pkg/client/applyconfiguration/topology/v1alpha1"
	"volcano.sh/apis/pkg/client/clientset/versioned"
	"volcano.sh/apis/pkg/client/informers/externalversions"
)

func hyperNodeKind(client versioned.Interface, factory externalversions.SharedInformerFactory) kind[*topology.HyperNode, *topology.HyperNodeList, *applytopology.HyperNodeApplyConfiguration] {
	verbs := client.TopologyV1alpha1().HyperNodes()
	return kind[*topology.HyperNode, *topology.HyperNodeList, *applytopology.HyperNodeApplyConfiguration]{
		group: "topology.volcano.sh", version: "v1alpha1", name: "HyperNode", resource: "hypernodes", client: verbs,
		informer: factory.Topology().V1alpha1().HyperNodes().Informer(),
		make: func(name string) *topology.HyperNode {
			selector := topology.MemberSelector{ExactMatch: &topology.ExactMatch{Name: "node-0"}}
			members := []topology.MemberSpec{{Type: topology.MemberTypeNode, Selector: selector}}
			return &topology.HyperNode{ObjectMeta: metav1.ObjectMeta{Name: name}, Spec: topology.HyperNodeSpec{Tier: 1, Members: members}}
		},
		apply: func(name string, labels map[string]string) *applytopology.HyperNodeApplyConfiguration {
			selector := applytopology.MemberSelector().WithRegexMatch(applytopology.RegexMatch().WithPattern("^rack-1"))
			member := applytopology.MemberSpec().WithType(topology.MemberTypeNode).WithSelector(selector)
			return applytopology.HyperNode(name).WithLabels(labels).WithSpec(applytopology.HyperNodeSpec().WithTier(1).WithMembers(member))
		},
		status: &status[*topology.HyperNode, *applytopology.HyperNodeApplyConfiguration]{
			client: verbs,
			set:    func(node *topology.HyperNode) { node.Status.NodeCount = 7 },
			read:   func(node *topology.HyperNode) bool { return node.Status.NodeCount == 7 },
			apply: func(name string) *applytopology.HyperNodeApplyConfiguration {
				return applytopology.HyperNode(name).WithStatus(applytopology.HyperNodeStatus().WithNodeCount(7))
			},
		},
	}
}

func numatopologyKind(client versioned.Interface, factory externalversions.SharedInformerFactory) kind[*nodeinfo.Numatopology, *nodeinfo.NumatopologyList, *applynodeinfo.NumatopologyApplyConfiguration] {
	return kind[*nodeinfo.Numatopology, *nodeinfo.NumatopologyList, *applynodeinfo.NumatopologyApplyConfiguration]{
		group: "nodeinfo.volcano.sh", version: "v1alpha1", name: "Numatopology", resource: "numatopologies",
		client:   client.NodeinfoV1alpha1().Numatopologies(),
		informer: factory.Nodeinfo().V1alpha1().Numatopologies().Informer(),
		make: func(name string) *nodeinfo.Numatopology {
			policies := map[nodeinfo.PolicyName]string{nodeinfo.CPUManagerPolicy: "static"}
			cpus := map[string]nodeinfo.CPUInfo{"0": {NUMANodeID: 1, SocketID: 1, CoreID: 1}}
			return &nodeinfo.Numatopology{ObjectMeta: metav1.ObjectMeta{Name: name}, Spec: nodeinfo.NumatopoSpec{Policies: policies, CPUDetail: cpus}}
		},
		apply: func(name string, labels map[string]string) *applynodeinfo.NumatopologyApplyConfiguration {
			spec := applynodeinfo.NumatopoSpec().WithResReserved(map[string]string{"cpu": "1"})
			return applynodeinfo.Numatopology(name).WithLabels(labels).WithSpec(spec)
		},
	}
}

func nodeShardKind(client versioned.Interface, factory externalversions.SharedInformerFactory) kind[*shard.NodeShard, *shard.NodeShardList, *applyshard.NodeShardApplyConfiguration] {
	verbs := client.ShardV1alpha1().NodeShards()
	return kind[*shard.NodeShard, *shard.NodeShardList, *applyshard.NodeShardApplyConfiguration]{
		group: "shard.volcano.sh", version: "v1alpha1", name: "NodeShard", resource: "nodeshards", client: verbs,
		informer: factory.Shard().V1alpha1().NodeShards().Informer(),
		make: func(name string) *shard.NodeShard {
			return &shard.NodeShard{ObjectMeta: metav1.ObjectMeta{Name: name}, Spec: shard.NodeShardSpec{NodesDesired: []string{"node-0"}}}
		},
		apply: func(name string, labels map[string]string) *applyshard.NodeShardApplyConfiguration {
			return applyshard.NodeShard(name).WithLabels(labels).WithSpec(applyshard.NodeShardSpec().WithNodesDesired("node-1"))
		},
		status: &status[*shard.NodeShard, *applyshard.NodeShardApplyConfiguration]{
			client: verbs,
			set:    func(shard *shard.NodeShard) { shard.Status.NodesToAdd = []string{mark} },
			read: func(shard *shard.NodeShard) bool {
				return len(shard.Status.NodesToAdd) == 1 && shard.Status.NodesToAdd[0] == mark
			},
			apply: func(name string) *applyshard.NodeShardApplyConfiguration {
				return applyshard.NodeShard(name).WithStatus(applyshard.NodeShardStatus().WithNodesToAdd(mark))
			},
		},
	}
}

func colocationKind(client versioned.Interface, factory externalversions.SharedInformerFactory) kind[*config.ColocationConfiguration, *config.ColocationConfigurationList, *applyconfig.ColocationConfigurationApplyConfiguration] {
	verbs := client.ConfigV1alpha1().ColocationConfigurations(namespace)
	ratios := config.MemoryQos{HighRatio: 100, LowRatio: 50, MinRatio: 20}
	return kind[*config.ColocationConfiguration, *config.ColocationConfigurationList, *applyconfig.ColocationConfigurationApplyConfiguration]{
		group: "config.volcano.sh", version: "v1alpha1", name: "ColocationConfiguration", resource: "colocationconfigurations", client: verbs,
		informer: factory.Config().V1alpha1().ColocationConfigurations().Informer(),
		make: func(name string) *config.ColocationConfiguration {
			spec := config.ColocationConfigurationSpec{Configuration: config.Configuration{MemoryQos: &ratios}}
			return &config.ColocationConfiguration{ObjectMeta: placed(name), Spec: spec}
		},
		apply: func(name string, labels map[string]string) *applyconfig.ColocationConfigurationApplyConfiguration {
			quality := applyconfig.MemoryQos().WithHighRatio(100).WithLowRatio(50).WithMinRatio(20)
			return applyconfig.ColocationConfiguration(name, namespace).WithLabels(labels).WithSpec(applyconfig.ColocationConfigurationSpec().WithMemoryQos(quality))
		},
		status: &status[*config.ColocationConfiguration, *applyconfig.ColocationConfigurationApplyConfiguration]{
			client: verbs,
			set: func(each *config.ColocationConfiguration) {
				each.Status.Conditions = []metav1.Condition{{Type: "Tried", Status: metav1.ConditionTrue, Reason: "Tried", LastTransitionTime: past}}
			},
			read: func(each *config.ColocationConfiguration) bool {
				return len(each.Status.Conditions) == 1 && each.Status.Conditions[0].Type == "Tried"
			},
			apply: func(name string) *applyconfig.ColocationConfigurationApplyConfiguration {
				condition := applymeta.Condition().WithType("Tried").WithStatus(metav1.ConditionTrue).WithReason("Tried").WithMessage("").WithLastTransitionTime(past)
				return applyconfig.ColocationConfiguration(name, namespace).WithStatus(applyconfig.ColocationConfigurationStatus().WithConditions(condition))
			},
		},
	}
}
