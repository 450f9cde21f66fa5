// needs: docker, root, debian
/** PHP 8.4 on trixie: bootstrapped, built, and answering through nginx and php-fpm as instances do. */
import { expect, it } from 'vitest';
import { dockerEngine } from '../../src/adapters/docker/engine.ts';
import { dockerRunner } from '../../src/adapters/docker/runner.ts';
import { checkoutRoot } from '../../src/cli/checkout.ts';
import { environment } from '../../src/cli/process.ts';
import { ensureRuntimeIn } from '../../src/composition/build.ts';
import { openWorkspace } from '../../src/kernel/workspace.ts';
import { testContext } from '../worlds/context.ts';
import { valueOf } from '../worlds/overlays.ts';

const SERVE = `mwpipe-entry & ping() { php -r 'echo @file_get_contents("http://127.0.0.1:8080/fpm-ping") ?: exit(1);'; }
for try in $(seq 100); do ping && break; sleep 0.1; done; echo; php --version; php -m`;

it('serves with the extensions that MediaWiki needs', async () => {
  const workspace = valueOf(await openWorkspace({ from: checkoutRoot, cache: environment.cache() }));
  const image = valueOf(await ensureRuntimeIn(workspace, { name: 'php84', flavour: 'web' }, testContext())).imageId;
  let said = '';
  const output = { stdout: (chunk: string) => void (said += chunk), stderr: () => undefined };
  const request = { image, argv: ['bash', '-c', SERVE], deadlineMs: 60_000 };
  expect(valueOf(await dockerRunner(dockerEngine()).run(request, output, testContext())).exitCode).toBe(0);
  expect(said).toMatch(/^pong$/m);
  expect(said).toMatch(/^PHP 8\.4\./m);
  for (const name of ['apcu', 'curl', 'intl', 'mbstring', 'mysqli', 'pdo_sqlite', 'xml', 'Zend OPcache']) {
    expect(said.split('\n')).toContain(name);
  }
});
