import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Argument, Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bashScript } from '../../../src/cli/completion/bash.ts';
import { fishScript } from '../../../src/cli/completion/fish.ts';
import { placesOf } from '../../../src/cli/completion/tree.ts';
import { zshScript } from '../../../src/cli/completion/zsh.ts';

const folder = mkdtempSync(join(tmpdir(), 'mwpipe-completion-'));
const places = placesOf(tree());

beforeAll(() => {
  mkdirSync(join(folder, 'extension-sets'));
  mkdirSync(join(folder, 'some folder'));
  for (const [name, flavours] of [
    ['php82', 'flavours: { web: web, cli: cli }\n'],
    ['php84', 'flavours:\n  web: web\n  # a comment\n  debug: debug\n'],
    ['router', 'flavours: { plain: router }\n'],
  ] as const) {
    mkdirSync(join(folder, 'images', name), { recursive: true });
    writeFileSync(join(folder, 'images', name, 'image.yaml'), `version: 1\n${flavours}`);
  }
  for (const name of ['demo.yaml', 'demo.lock.yaml', 'tarball.yaml']) {
    writeFileSync(join(folder, 'extension-sets', name), '');
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('in bash', () => {
  it.each([
    ['mwpipe ', ['build', 'config', 'runtime', '--json', '--version', '--workspace', '--help']],
    ['mwpipe b', ['build']],
    ['mwpipe build ', ['demo', 'tarball', '--json', '--dry-run', '--flavour', '--workspace', '--help']],
    ['mwpipe build demo --flav', ['--flavour']],
    ['mwpipe build demo --flavour ', ['web', 'test']],
    ['mwpipe config ', ['push', '--json', '--workspace', '--help']],
    ['mwpipe --json config push --dr', ['--dry-run']],
    ['mwpipe build --workspace some', ['some folder']],
    ['mwpipe runtime ph', ['php82', 'php84']],
    ['mwpipe runtime --flavour ', ['cli', 'debug', 'plain', 'web']],
    ['mwpipe unknown --j', ['--json']],
  ])('completes "%s"', (line, words) => {
    expect(completedByBash(line).sort()).toEqual(words.toSorted());
  });
});

it('is no syntax error in any of the three shells that is here', () => {
  for (const [shell, script] of [
    ['bash', bashScript(places)],
    ['zsh', zshScript(places)],
    ['fish', fishScript(places)],
  ] as const) {
    writeFileSync(join(folder, shell), script);
    if (isHere(shell)) expect(() => execFileSync(shell, ['-n', join(folder, shell)], { stdio: 'pipe' })).not.toThrow();
  }
});

it("keeps a description's quotes out of the shell's syntax", () => {
  const root = new Command('mwpipe').addCommand(new Command('down').description("remove the target's $(all): `now`"));
  expect(zshScript(placesOf(root))).toContain(`'down:remove the target'\\''s $(all): \`now\`'`);
  expect(fishScript(placesOf(root))).toContain(`-a down -d 'remove the target\\'s $(all): \`now\`'`);
});

function tree(): Command {
  const build = new Command('build')
    .argument('<set>')
    .option('--dry-run', 'print the plan')
    .addOption(new Command().createOption('--flavour <name>', 'which image').choices(['web', 'test']));
  const push = new Command('push').addArgument(new Argument('[file]')).option('--dry-run');
  return new Command('mwpipe')
    .version('1.0.0')
    .option('--json')
    .option('--workspace <dir>')
    .addCommand(build)
    .addCommand(new Command('config').addCommand(push))
    .addCommand(new Command('runtime').argument('[runtime...]').option('--flavour <name>'));
}

/** What bash would offer after `line`, as readline asks for it. */
function completedByBash(line: string): string[] {
  const words = line.split(' ');
  const script = `${bashScript(places)}
COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}
_mwpipe
printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync('bash', ['-c', script], { cwd: folder, encoding: 'utf8' })
    .split('\n')
    .filter((word) => word !== '');
}

function isHere(shell: string): boolean {
  try {
    execFileSync(shell, ['-c', 'true']);
    return true;
  } catch {
    return false;
  }
}
