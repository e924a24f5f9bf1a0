"""What a user of Kubeflow's SDK writes: `client.py train NAMESPACE QUEUE`, `client.py status|delete NAMESPACE JOB`."""

import sys

from kubeflow.common.types import KubernetesBackendConfig
from kubeflow.trainer import CustomTrainer, TrainerClient
from kubeflow.trainer.options import Labels


def train():
    print("trained")


def main(verb, namespace, name):
    client = TrainerClient(KubernetesBackendConfig(namespace=namespace))
    if verb == "train":
        trainer = CustomTrainer(func=train, num_nodes=3, resources_per_node={"cpu": 1})
        print(client.train(runtime="torch-distributed", trainer=trainer, options=[Labels({"volcano.sh/queue-name": name})]))
    elif verb == "status":
        print(client.get_job(name).status, [job.name for job in client.list_jobs()])
    else:
        client.delete_job(name)


main(*sys.argv[1:])
