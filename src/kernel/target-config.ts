/** A target of `mwpipe.yaml`: a place where releases live, by kind, and how changes reach its users. */
import { z } from 'zod';

/** How a config push reaches the instances of a target. */
export const pushSchema = z.strictObject({
  /** Per cent of each slot's instances that get a bundle first, at least one; a slot with one instance has no canaries. */
  canaries: z.number().gt(0).max(50).default(3),
  /** Seconds that the canaries are watched before the others follow; 0 watches nothing. */
  soak: z.number().min(0).max(3600).default(20),
  /** Canaries whose share of 5xx is worse than that of the others by more than this take the push back. */
  worse: z.number().gt(0).lt(1).default(0.01),
  /** Per cent of the instances that may fail to activate: they leave rotation and are named; above it all go back. */
  lost: z.number().min(0).max(100).default(2),
  /** What is pushed must be: anything, a commit with nothing changed beside it, or one that is merged to `branch` too. */
  demand: z.enum(['anything', 'committed', 'merged']).default('anything'),
  branch: z.string().min(1).default('origin/HEAD'),
});

/** What a target of every kind says. */
const common = {
  /** Extension set whose lockfile is deployed. */
  set: z.string(),
  /** Overlays of `config-overlays/`, in the order in which they stack. */
  overlays: z.array(z.string()).min(1),
  /** How a config push reaches the instances. */
  config: pushSchema.prefault({}),
};

const dockerTargetSchema = z.strictObject({
  /** Where releases live: containers of this machine's Docker engine. */
  kind: z.literal('docker'),
  ...common,
  /** Port on 127.0.0.1 where the router answers. */
  port: z.int().min(1).max(65535).default(8080),
  /** `mariadb` where two releases write at once; SQLite's lock would show. */
  database: z.enum(['sqlite', 'mariadb']).default('sqlite'),
  /** Instances in each slot. */
  instances: z.int().min(1).max(16).default(1),
  /** How traffic moves to a new release, and what makes it go back. */
  rollout: z
    .strictObject({
      /** Per cent of the traffic on the new release, step by step; the last is 100. */
      steps: z.array(z.number().gt(0).max(100)).min(1).default([5, 25, 50, 100]),
      /** Seconds that a step is observed at least and at most. */
      observe: z.strictObject({ least: z.number().min(1), most: z.number().min(1) }).default({ least: 5, most: 60 }),
      /** A release whose share of 5xx is worse than the old one's by more than this fails. */
      worse: z.number().gt(0).lt(1).default(0.01),
      /** Requests that the new release must have answered before a step can pass. */
      requests: z.int().min(1).default(20),
    })
    .prefault({}),
});

const kubernetesTargetSchema = z.strictObject({
  /** Where releases live: pods of charts/mediawiki in one cluster. */
  kind: z.literal('kubernetes'),
  ...common,
  /** The cluster's kubeconfig, relative to this file. @default what kubectl would take (KUBECONFIG, ~/.kube/config) */
  kubeconfig: z.string().exactOptional(),
  /** Of the kubeconfig. @default its current one */
  context: z.string().exactOptional(),
  /** Where the chart is installed; lease and journal of config pushes live there too. */
  namespace: z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'a namespace has a-z, 0-9 and -'),
});

export const targetSchema = z.discriminatedUnion('kind', [dockerTargetSchema, kubernetesTargetSchema]);

export type DockerTargetConfig = z.output<typeof dockerTargetSchema>;
export type KubernetesTargetConfig = z.output<typeof kubernetesTargetSchema>;
export type PushPolicy = z.output<typeof pushSchema>;
