import { gib } from './vendor.ts';
import type { AcceleratorVendor } from './vendor.ts';

/** Chips of AWS; the model is what the instance type says. */
export const NEURON: AcceleratorVendor = {
  name: 'aws',
  deviceClass: 'neuron',
  offers: [
    { stack: 'device plugin', grain: 'whole', resource: 'aws.amazon.com/neuron' },
    { stack: 'device plugin, older', grain: 'whole', resource: 'aws.amazon.com/neurondevice' },
    {
      stack: 'DRA driver',
      grain: 'whole',
      resource: 'neuron.aws.com',
      claim: { driver: 'neuron.aws.com', className: 'neuron.aws.com', model: 'instanceType' },
    },
  ],
  models: [
    {
      name: 'trainium2',
      aliases: ['trn2'],
      spellings: [['trn2'], ['trn2u']],
      memoryMib: gib(96),
      isLinked: true,
      products: ['trn2.48xlarge', 'trn2u.48xlarge'],
    },
    {
      name: 'trainium',
      aliases: ['trn1', 'trainium1'],
      spellings: [['trn1'], ['trn1n']],
      memoryMib: gib(32),
      isLinked: true,
      products: ['trn1.2xlarge', 'trn1.32xlarge', 'trn1n.32xlarge'],
    },
    {
      name: 'inferentia2',
      aliases: ['inf2'],
      spellings: [['inf2']],
      memoryMib: gib(32),
      isLinked: true,
      products: ['inf2.xlarge', 'inf2.8xlarge', 'inf2.24xlarge', 'inf2.48xlarge'],
    },
    {
      name: 'inferentia',
      aliases: ['inf1', 'inferentia1'],
      spellings: [['inf1']],
      memoryMib: gib(8),
      products: ['inf1.xlarge', 'inf1.2xlarge', 'inf1.6xlarge', 'inf1.24xlarge'],
    },
  ],
  modelLabels: [{ key: 'node.kubernetes.io/instance-type' }],
  memoryLabels: [],
  taints: ['aws.amazon.com/neuron'],
};
