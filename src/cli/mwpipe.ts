#!/usr/bin/env node
/** The executable. `--version` is answered before the commands are loaded; the compile cache helps every later start. */
import nodeModule from 'node:module';
import { argumentsOf, nodeIsTooOld, setExitCode, standardError, standardOutput } from './process.ts';
import { version } from './version.ts';

const argv = argumentsOf();
if (nodeIsTooOld()) {
  standardError().write('mwpipe needs Node.js 24 or newer: https://nodejs.org/en/download\n');
  setExitCode(2);
} else if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
  standardOutput().write(`${version()}\n`);
} else {
  nodeModule.enableCompileCache();
  const { main } = await import('./main.ts');
  await main(argv);
}
