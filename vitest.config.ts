/** Four projects by what they need: nothing (unit), git and Docker (contract), a whole world (e2e, faults). */
import { defineConfig } from 'vitest/config';

const project = (name: string, options: { timeoutMs: number; parallel: boolean }) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout: options.timeoutMs,
    hookTimeout: options.timeoutMs,
    fileParallelism: options.parallel,
    ...(name === 'unit' ? {} : { globalSetup: 'test/setup/lab.ts' }),
  },
});

export default defineConfig({
  test: {
    projects: [
      project('unit', { timeoutMs: 20_000, parallel: true }),
      project('contract', { timeoutMs: 120_000, parallel: false }),
      project('e2e', { timeoutMs: 1_500_000, parallel: false }),
      project('faults', { timeoutMs: 600_000, parallel: false }),
    ],
  },
});
