/** Every command by name, each loaded when it is meant: `mwpipe status` doesn't wait for the parser of PHP. */
import type { MakeCommand } from './run.ts';

/** In the order of the help. A command's file gives one function, flags in, one call to a step, a rendering out. */
export const commandLoaders: Readonly<Record<string, () => Promise<MakeCommand>>> = {
  resolve: async () => (await import('./resolve.ts')).resolveCommand,
  security: async () => (await import('./security.ts')).securityCommand,
  graph: async () => (await import('./graph.ts')).graphCommand,
  sets: async () => (await import('./sets.ts')).setsCommand,
  why: async () => (await import('./why.ts')).whyCommand,
  cache: async () => (await import('./cache.ts')).cacheCommand,
  build: async () => (await import('./build.ts')).buildCommand,
  runtime: async () => (await import('./runtime.ts')).runtimeCommand,
  image: async () => (await import('./image.ts')).imageCommand,
  steps: async () => (await import('./steps.ts')).stepsCommand,
  test: async () => (await import('./test.ts')).testCommand,
  gate: async () => (await import('./gate.ts')).gateCommand,
  deploy: async () => (await import('./deploy.ts')).deployCommand,
  rollback: async () => (await import('./rollback.ts')).rollbackCommand,
  status: async () => (await import('./status.ts')).statusCommand,
  logs: async () => (await import('./logs.ts')).logsCommand,
  shell: async () => (await import('./shell.ts')).shellCommand,
  down: async () => (await import('./down.ts')).downCommand,
  config: async () => (await import('./config.ts')).configCommand,
  wiki: async () => (await import('./wiki.ts')).wikiCommand,
  outdated: async () => (await import('./outdated.ts')).outdatedCommand,
  lock: async () => (await import('./lock.ts')).lockCommand,
  completion: async () => (await import('./completion.ts')).completionCommand,
};
