package main

import (
	"context"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"volcano.sh/apis/pkg/client/clientset/versioned"
	"volcano.sh/apis/pkg/client/informers/externalversions"
)

// mark is what is written into statuses and read back.
const mark = "volcano-go"

var past = metav1.NewTime(time.Unix(1_700_000_000, 0))

func askAll(ctx context.Context, client versioned.Interface) {
	found := client.Discovery()
	factory := externalversions.NewSharedInformerFactory(client, 0)
	jobs, crons, commands := jobKind(client, factory), cronJobKind(client, factory), commandKind(client, factory)
	queues, groups := queueKind(client, factory), podGroupKind(client, factory)
	flows, templates := jobFlowKind(client, factory), jobTemplateKind(client, factory)
	hyperNodes, topologies := hyperNodeKind(client, factory), numatopologyKind(client, factory)
	shards, colocations := nodeShardKind(client, factory), colocationKind(client, factory)
	factory.Start(ctx.Done())
	ask(ctx, found, jobs)
	ask(ctx, found, crons)
	ask(ctx, found, commands)
	ask(ctx, found, queues)
	ask(ctx, found, groups)
	ask(ctx, found, flows)
	ask(ctx, found, templates)
	ask(ctx, found, hyperNodes)
	ask(ctx, found, topologies)
	ask(ctx, found, shards)
	ask(ctx, found, colocations)
}

func placed(name string) metav1.ObjectMeta {
	return metav1.ObjectMeta{Name: name, Namespace: namespace}
}
