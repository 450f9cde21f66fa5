/** Lint: typescript-eslint's strictest, and DESIGN's limits of size. */
import tseslint from 'typescript-eslint';

const oneNamedPlace = [
  {
    selector: "MemberExpression[object.name='process'][property.name=/^(env|exit|exitCode|stdout|stderr|stdin)$/]",
    message: 'process.env, exit codes and stdio are read in src/cli/process.ts',
  },
  {
    selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
    message: 'the clock is read in src/kernel/clock.ts: take it from the RunContext',
  },
  {
    selector: "NewExpression[callee.name='Date'][arguments.length=0]",
    message: 'the clock is read in src/kernel/clock.ts: take it from the RunContext',
  },
  { selector: "MemberExpression[object.name='console']", message: 'steps and kernel never print: emit an event' },
];

export default tseslint.config(
  {
    ignores: [
      'dist',
      'node_modules',
      'docs/reference',
      'coverage',
      '*.config.js',
      '.dependency-cruiser.cjs',
      '**/*.mjs',
    ],
  },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-invalid-void-type': [
        'error',
        { allowInGenericTypeArguments: true, allowAsThisParameter: true },
      ],
      'max-lines': ['error', { max: 300, skipBlankLines: false, skipComments: false }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      'max-params': ['error', 3],
      eqeqeq: 'error',
    },
  },
  { files: ['src/**'], rules: { 'no-restricted-syntax': ['error', ...oneNamedPlace] } },
  { files: ['src/cli/process.ts', 'src/kernel/clock.ts'], rules: { 'no-restricted-syntax': 'off' } },
  {
    files: ['test/**', 'bench/**'],
    rules: { 'max-lines-per-function': 'off', '@typescript-eslint/no-non-null-assertion': 'off' },
  },
);
