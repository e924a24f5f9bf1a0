package main

import (
	core "k8s.io/api/core/v1"
	applycore "k8s.io/client-go/applyconfigurations/core/v1"
	"k8s.io/utils/ptr"
	batch "volcano.sh/apis/pkg/apis/batch/v1alpha1"
	applybatch "volcano.sh/apis/pkg/client/applyconfiguration/batch/v1alpha1"
	"volcano.sh/apis/pkg/client/clientset/versioned"
	"volcano.sh/apis/pkg/client/informers/externalversions"
)

func jobSpec() batch.JobSpec {
	pod := core.PodSpec{RestartPolicy: core.RestartPolicyNever, Containers: []core.Container{{Name: "main", Image: "none"}}}
	task := batch.TaskSpec{Name: "main", Replicas: 2, Template: core.PodTemplateSpec{Spec: pod}}
	return batch.JobSpec{MinAvailable: 2, SchedulerName: "volcano", Queue: "default", Tasks: []batch.TaskSpec{task}}
}

func applyJobSpec() *applybatch.JobSpecApplyConfiguration {
	container := applycore.Container().WithName("main").WithImage("none")
	pod := applycore.PodSpec().WithRestartPolicy(core.RestartPolicyNever).WithContainers(container)
	task := applybatch.TaskSpec().WithName("main").WithReplicas(2).WithTemplate(applycore.PodTemplateSpec().WithSpec(pod))
	return applybatch.JobSpec().WithMinAvailable(2).WithTasks(task)
}

func jobKind(client versioned.Interface, factory externalversions.SharedInformerFactory) kind[*batch.Job, *batch.JobList, *applybatch.JobApplyConfiguration] {
	verbs := client.BatchV1alpha1().Jobs(namespace)
	return kind[*batch.Job, *batch.JobList, *applybatch.JobApplyConfiguration]{
		group: "batch.volcano.sh", version: "v1alpha1", name: "Job", resource: "jobs", client: verbs,
		informer: factory.Batch().V1alpha1().Jobs().Informer(),
		make:     func(name string) *batch.Job { return &batch.Job{ObjectMeta: placed(name), Spec: jobSpec()} },
		apply: func(name string, labels map[string]string) *applybatch.JobApplyConfiguration {
			return applybatch.Job(name, namespace).WithLabels(labels).WithSpec(applyJobSpec())
		},
		status: &status[*batch.Job, *applybatch.JobApplyConfiguration]{
			client: verbs,
			set:    func(job *batch.Job) { job.Status.ControlledResources = map[string]string{mark: mark} },
			read:   func(job *batch.Job) bool { return job.Status.ControlledResources[mark] == mark },
			apply: func(name string) *applybatch.JobApplyConfiguration {
				resources := map[string]string{mark: mark}
				return applybatch.Job(name, namespace).WithStatus(applybatch.JobStatus().WithControlledResources(resources))
			},
		},
	}
}

func cronJobKind(client versioned.Interface, factory externalversions.SharedInformerFactory) kind[*batch.CronJob, *batch.CronJobList, *applybatch.CronJobApplyConfiguration] {
	verbs := client.BatchV1alpha1().CronJobs(namespace)
	const never = "0 0 31 12 *"
	return kind[*batch.CronJob, *batch.CronJobList, *applybatch.CronJobApplyConfiguration]{
		group: "batch.volcano.sh", version: "v1alpha1", name: "CronJob", resource: "cronjobs", client: verbs,
		informer: factory.Batch().V1alpha1().CronJobs().Informer(),
		make: func(name string) *batch.CronJob {
			template := batch.JobTemplateSpec{Spec: jobSpec()}
			return &batch.CronJob{ObjectMeta: placed(name), Spec: batch.CronJobSpec{Schedule: never, Suspend: ptr.To(true), JobTemplate: template}}
		},
		apply: func(name string, labels map[string]string) *applybatch.CronJobApplyConfiguration {
			template := applybatch.JobTemplateSpec().WithSpec(applyJobSpec())
			return applybatch.CronJob(name, namespace).WithLabels(labels).WithSpec(applybatch.CronJobSpec().WithSchedule(never).WithJobTemplate(template))
		},
		status: &status[*batch.CronJob, *applybatch.CronJobApplyConfiguration]{
			client: verbs,
			set:    func(cron *batch.CronJob) { cron.Status.LastSuccessfulTime = &past },
			read:   func(cron *batch.CronJob) bool { return past.Equal(cron.Status.LastSuccessfulTime) },
			apply: func(name string) *applybatch.CronJobApplyConfiguration {
				return applybatch.CronJob(name, namespace).WithStatus(applybatch.CronJobStatus().WithLastSuccessfulTime(past))
			},
		},
	}
}
