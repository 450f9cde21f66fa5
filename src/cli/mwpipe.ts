#!/usr/bin/env node
/** The executable. `--version` is answered before the commands are loaded; the compile cache helps every later start. */
import { enableCompileCache } from 'node:module';
import { argumentsOf, standardOutput } from './process.ts';
import { version } from './version.ts';

enableCompileCache();
const argv = argumentsOf();
if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
  standardOutput().write(`${version()}\n`);
} else {
  const { main } = await import('./main.ts');
  await main(argv);
}
