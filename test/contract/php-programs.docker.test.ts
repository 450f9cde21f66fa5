// needs: docker
/** With the runtime's own PHP: literals are read back as they were, and every program of ours parses. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { dockerEngine } from '../../src/adapters/docker/engine.ts';
import { exec } from '../../src/adapters/docker/exec.ts';
import { checkoutRoot } from '../../src/cli/checkout.ts';
import { phpLiteral } from '../../src/config/settings/php-literal.ts';
import { testContext } from '../worlds/context.ts';
import { phpRuntime } from '../worlds/docker/php-runtime.ts';
import { valueOf } from '../worlds/overlays.ts';

const docker = dockerEngine();
let container: Awaited<ReturnType<typeof docker.createContainer>>;
beforeAll(async () => {
  const Image = await phpRuntime();
  container = await docker.createContainer({ Image, Entrypoint: ['sleep', 'infinity'], HostConfig: { Init: true } });
  await container.start();
}, 600_000);
afterAll(() => container.remove({ force: true }));

const php = async (argv: readonly string[], stdin = '') =>
  valueOf(await exec({ docker, container: container.id }, { argv: ['php', ...argv], stdin }, testContext()));

it('reads back every value that YAML can hold', async () => {
  const hostile = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      '\\',
      "'",
      "\\'",
      '?>',
      '<?php',
      '\0',
      '\r\n',
      "'; system('id'); '",
      '${x}',
      '__proto__',
      '1',
      '01',
      '-0',
    ),
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.boolean(),
      fc.constant(null),
      fc.maxSafeInteger(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      hostile,
      tie('list'),
      tie('map'),
    ),
    list: fc.array(tie('value'), { maxLength: 5 }),
    map: fc.dictionary(hostile, tie('value'), { maxKeys: 5 }),
  }));
  const samples = fc.sample(value, 400);
  const program = `<?php
    function pairs( $value ) {
      if ( !is_array( $value ) ) {
        return $value;
      }
      return array_map( static fn ( $key ) => [ (string)$key, pairs( $value[$key] ) ], array_keys( $value ) );
    }
    echo json_encode( pairs( ${phpLiteral(samples)} ), JSON_PRESERVE_ZERO_FRACTION | JSON_THROW_ON_ERROR );`;
  const { stdout, stderr, exitCode } = await php(['-d', 'precision=17', '-d', 'serialize_precision=17', '--'], program);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(JSON.parse(stdout)).toEqual(asPhp(samples));
});

/**
 * A list and a map with the keys 0, 1, ... are one thing in PHP. As pairs, since the JSON.parse of Node 24 takes the key
 * "\u0000" for a "\\" that an object before it had.
 */
function asPhp(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value).map(([key, inner]) => [key, asPhp(inner)] as const);
}

it('parses every program that goes into the images', async () => {
  const folder = join(checkoutRoot, 'images/common/php');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.php'));
  expect(names).toContain('LocalSettings.php');
  for (const name of names) {
    const { stdout } = await php(['-l', `/usr/local/lib/mwpipe/${name}`]);
    expect(stdout).toContain('No syntax errors');
  }
});

it('takes the baked messages for a bundle that loads nothing else', async () => {
  const program = `<?php
    interface LCStore {}
    define( 'MW_INSTALL_PATH', '/mw' );
    define( 'MWPIPE_BAKED_MESSAGES', '/tmp/baked' );
    require '/usr/local/lib/mwpipe/MwpipeLocalisationStore.php';
    $fits = static fn ( ...$names ) => MwpipeLocalisationStore::fits( array_map( static fn ( $name ) => "/mw/$name", $names ) );
    $said = [ 'none baked' => $fits( 'a.json' ) ];
    mkdir( MWPIPE_BAKED_MESSAGES );
    file_put_contents( MWPIPE_BAKED_MESSAGES . '/index.php', "<?php return [ 'load' => [ 'a.json', 'b.json' ], 'languages' => [] ];" );
    $said += [ 'all' => $fits( 'b.json', 'a.json' ), 'some' => $fits( 'a.json' ), 'more' => $fits( 'a.json', 'c.json' ) ];
    foreach ( [ 'wgMessagesDirs' => [ 'x' => '/x' ], 'wgHooks' => [ 'LocalisationCacheRecache' => [ 'f' ] ] ] as $name => $value ) {
      $GLOBALS[$name] = $value;
      $said[$name] = $fits( 'a.json' );
      unset( $GLOBALS[$name] );
    }
    echo json_encode( $said );`;
  const { stdout, stderr } = await php(['--'], program);
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toEqual({
    'none baked': false,
    all: true,
    some: true,
    more: false,
    wgMessagesDirs: false,
    wgHooks: false,
  });
});
