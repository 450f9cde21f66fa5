/** A build step as it is written, in a set, in a component's own file and in a lock: the same words in all three. */
import { z } from 'zod';

const below = z
  .string()
  .min(1)
  .max(4096)
  .regex(/^(?!\/)(?!.*(^|\/)\.{0,2}(\/|$))[^\0-\x1f\x7f]+$/, 'is no path below the component');

/** As npm's registry has them, mildest first. */
export const SEVERITIES = ['info', 'low', 'moderate', 'high', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

const stepSchema = z.strictObject({
  /** What it is called in plans, logs and mistakes. */
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'steps are named by letters, digits, . _ and -'),
  /** A line for sh, or a program with its arguments; runs in the component's folder. */
  run: z.union([z.string().min(1), z.array(z.string()).min(1)]),
  /** What it runs in: a folder of `images/`, and its flavour; by default the test flavour of the image's runtime. */
  runtime: z
    .string()
    .regex(/^[a-z][a-z0-9-]*(\/[a-z][a-z0-9-]*)?$/, 'write a runtime as php82/test')
    .exactOptional(),
  /** Files and folders below the component that it makes: these reach the image, nothing else does. */
  outputs: z.array(below).min(1),
  /** Files and folders that it reads: only their changes run it again; by default the whole component. */
  inputs: z.array(below).min(1).exactOptional(),
  /** It may talk to the network. Only a set can say so. */
  network: z.boolean().exactOptional(),
  /** Variables that it sees. */
  env: z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'is no name of a variable'), z.string()).exactOptional(),
  /** Seconds after which it is ended; 600 where nothing is said. */
  deadline: z.int().min(1).max(86_400).exactOptional(),
  /** What npm knows of the packages in `package-lock.json` fails the step from this severity on; else it is only told. */
  audit: z.enum(SEVERITIES).exactOptional(),
  /** MiB of memory at most; 2048 where nothing is said. */
  memory: z.int().min(16).max(1_048_576).exactOptional(),
});

function namedOnce(steps: readonly { readonly name: string }[], context: z.core.$RefinementCtx): void {
  const names = steps.map(({ name }) => name);
  for (const [index, name] of names.entries()) {
    if (names.indexOf(name) === index) continue;
    context.addIssue({ code: 'custom', message: `another step is called ${name}`, path: [index, 'name'] });
  }
}

export const stepsSchema = z.array(stepSchema).min(1).superRefine(namedOnce);

/** What a set says: its own steps; none, whatever the component says; or what the component's own may do. */
export const buildChoiceSchema = z.union([
  z.literal(false),
  stepsSchema,
  z.strictObject({
    /** The component's own steps may talk to the network. */
    network: z.boolean(),
  }),
]);

export type BuildStep = z.output<typeof stepSchema>;
export type BuildChoice = z.output<typeof buildChoiceSchema>;
