/** DESIGN's boundaries: kernel <- steps <- flows <- faces; only composition imports adapters; no cycles. */
const STEPS = ['resolve', 'build', 'config', 'test', 'judge', 'deploy', 'rollout'];
const FLOWS = ['release', 'train', 'preview', 'pipeline'];
const ROOMS = { dockerode: 'docker', 'simple-git': 'git', '@kubernetes/client-node': 'kubernetes' };

/** A step sees the kernel, itself, and the types in the index.ts of the steps before it. */
const stepRules = STEPS.flatMap((step, at) => {
  const later = STEPS.slice(at + 1);
  return [
    {
      name: `${step}-sees-no-later-step`,
      severity: 'error',
      from: { path: `^src/${step}/` },
      to: { path: `^src/(${[...later, ...FLOWS, 'cli', 'serve', 'adapters', 'composition'].join('|')})/` },
    },
    {
      name: `${step}-sees-earlier-steps-by-index`,
      severity: 'error',
      from: { path: `^src/${step}/` },
      to: { path: `^src/(${STEPS.filter((other) => other !== step).join('|')})/(?!index\\.ts$)` },
    },
    {
      name: `${step}-sees-types-of-earlier-steps-only`,
      severity: 'error',
      from: { path: `^src/${step}/` },
      to: { path: `^src/(${STEPS.filter((other) => other !== step).join('|')})/`, dependencyTypesNot: ['type-only'] },
    },
  ];
});

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'kernel-sees-kernel', severity: 'error', from: { path: '^src/kernel/' }, to: { path: '^src/(?!kernel/)' } },
    ...stepRules,
    {
      name: 'flows-see-steps-by-index',
      severity: 'error',
      from: { path: `^src/(${FLOWS.join('|')})/` },
      to: { path: `^src/(${STEPS.join('|')})/(?!index\\.ts$)` },
    },
    {
      name: 'flows-see-no-faces',
      severity: 'error',
      from: { path: `^src/(${FLOWS.join('|')})/` },
      to: { path: '^src/(cli|serve|adapters|composition)/' },
    },
    {
      name: 'adapters-see-ports',
      severity: 'error',
      from: { path: '^src/adapters/' },
      to: { path: `^src/(?!adapters/|kernel/|(${STEPS.join('|')})/(index|[a-z-]*ports)\\.ts$)` },
    },
    {
      name: 'adapters-see-no-other-room',
      severity: 'error',
      from: { path: '^src/adapters/([^/]+)/' },
      to: { path: '^src/adapters/([^/]+)/', pathNot: '^src/adapters/$1/' },
    },
    {
      name: 'only-composition-sees-adapters',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(adapters|composition)/' },
      to: { path: '^src/adapters/' },
    },
    {
      name: 'src-sees-no-tests',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|bench)/' },
    },
    ...Object.entries(ROOMS).map(([library, room]) => ({
      name: `${library}-in-one-folder`,
      severity: 'error',
      from: { path: '^src/', pathNot: `^src/adapters/${room}/` },
      to: { path: `node_modules/${library}/` },
    })),
    {
      name: 'not-to-dev-dependency',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev'], pathNot: 'node_modules/@types/' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
