/** Sets, repos and locks that somebody made to hurt: each is named, nothing is run, nothing half-written is left. */
import { readFile, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { readLock } from '../../src/resolve/index.ts';
import { hostileWorld, writeObject, type HostileWorld, type RawEntry, type Told } from '../worlds/hostile.ts';

/** Refused with this code; no lock, no part of one, no canary. What could reach outside is policy's, exit 4. */
const refused = (code: string) => ({
  says: [`${code} ${code.startsWith('resolve/unsafe-') ? 'refused' : 'input'}`],
  left: [],
});

const table = async (
  hostile: HostileWorld,
  cases: readonly (readonly [line: string, code: string])[],
): Promise<readonly (readonly [string, Omit<Told, 'text'>])[]> => {
  const told: [string, Omit<Told, 'text'>][] = [];
  for (const [line] of cases) {
    await hostile.writeSet({ components: [line] });
    const { says, left } = await hostile.resolve();
    told.push([line, { says, left }]);
  }
  return told;
};

const expected = (cases: readonly (readonly [string, string])[]) => cases.map(([line, code]) => [line, refused(code)]);

describe('a set', () => {
  it('has no names that lead elsewhere', async () => {
    await using hostile = await hostileWorld();
    const names = [
      '"../Evil"',
      '"skins/../core"',
      '/etc/passwd',
      '".git"',
      '"-x"',
      '"Echo\\n"',
      '"Ech\\0o"',
      '"Echo/../.."',
    ];
    const cases = names.map((name) => [name, 'resolve/wrong-component'] as const);
    expect(await table(hostile, cases)).toEqual(expected(cases));
  });

  it('mounts nothing outside of MediaWiki, or in git folders', async () => {
    await using hostile = await hostileWorld();
    const url = 'https://git.world.example/r/mediawiki/extensions/Echo';
    const paths = [
      '../../etc',
      '/etc',
      '.git/hooks',
      '.GIT/x',
      'extensions/../..',
      'a/./b',
      'a//b',
      '"a\\nb"',
      '"C:\\\\x"',
    ];
    const cases = paths.map((path) => [`{ name: Echo, path: ${path}, url: ${url} }`, 'resolve/unsafe-path'] as const);
    expect(await table(hostile, cases)).toEqual(expected(cases));
  });

  it('fetches from nothing that runs a program, is an option, or climbs', async () => {
    await using hostile = await hostileWorld();
    const urls = [
      `ext::sh -c touch% ${hostile.canary}`,
      'fd::17',
      `--upload-pack=touch ${hostile.canary}`,
      `-u touch ${hostile.canary}`,
      `ssh://-oProxyCommand=touch%20${hostile.canary}/x`,
      'git@-oProxyCommand=touch:x',
      ...['file://../', '../Echo', '/etc'],
    ];
    const cases = urls.map((url) => [`{ name: Echo, url: '${url}' }`, 'resolve/unsafe-url'] as const);
    expect(await table(hostile, cases)).toEqual(expected(cases));
  });

  // A mirror that is a folder would be left by it: file:///mirrors/ + ../../x.
  it('fetches from no url whose path climbs', async () => {
    await using hostile = await hostileWorld();
    const cases = [["{ name: Echo, url: 'https://git.world.example/r/../../x' }", 'resolve/unsafe-url']] as const;
    expect(await table(hostile, cases)).toEqual(expected(cases));
  });

  it('pins no ref that is an option, a path or an expression', async () => {
    await using hostile = await hostileWorld();
    const refs = ['--output=x', 'refs/heads/../..', '-x', 'master^{tree}', 'master:extension.json'];
    const branches = refs.map((ref) => [`{ name: Echo, branch: '${ref}' }`, 'resolve/unsafe-ref'] as const);
    const commits = ['HEAD', '--help', 'master~1'].map(
      (commit) => [`{ name: Echo, commit: '${commit}' }`, 'resolve/wrong-commit'] as const,
    );
    const cases = [...branches, ['{ name: Echo, branch: "a\\nb" }', 'resolve/unsafe-ref'] as const, ...commits];
    expect(await table(hostile, cases)).toEqual(expected(cases));
  });

  it('refuses a variable with a newline, dots or an escape before it asks a remote', async () => {
    await using hostile = await hostileWorld();
    for (const train of ['"1\\n2"', '"../../x"', '"\\u001b[2J"']) {
      await hostile.writeSet({ branches: "['wmf/{train}', master]", variables: `{ train: ${train} }` });
      expect((await hostile.resolve()).says).toEqual(['resolve/unsafe-ref refused']);
    }
  });
});

interface EchoTree {
  readonly hostile: HostileWorld;
  readonly blob: string;
  readonly folder: string;
  /** Its extension.json, and what comes before it in the tree. */
  commit(...entries: readonly RawEntry[]): Promise<string>;
}

async function echoTree(): Promise<EchoTree & AsyncDisposable> {
  const hostile = await hostileWorld();
  const gitDir = hostile.remote('extensions/Echo');
  const blob = await writeObject(gitDir, 'blob', Buffer.from('{"name":"Echo"}'));
  const folder = await writeObject(
    gitDir,
    'tree',
    Buffer.concat([Buffer.from('100644 x\0'), Buffer.from(blob, 'hex')]),
  );
  const manifest: RawEntry = { mode: '100644', name: 'extension.json', oid: blob };
  return {
    ...{ hostile, blob, folder },
    commit: (...entries) => hostile.rawTree('extensions/Echo', [...entries, manifest]),
    [Symbol.asyncDispose]: () => hostile[Symbol.asyncDispose](),
  };
}

describe('a repo', () => {
  it('whose tree leaves its folder is not read', async () => {
    await using echo = await echoTree();
    const { hostile, blob: oid, folder } = echo;
    const url = hostile.world.url('extensions/Echo');
    const trees: readonly RawEntry[] = [
      { mode: '40000', name: '..', oid: folder },
      { mode: '100644', name: '../x', oid },
      { mode: '100644', name: '/etc/x', oid },
      { mode: '40000', name: '.git', oid: folder },
      { mode: '100644', name: '', oid },
      { mode: '100644', name: 'extension.json', oid }, // the second of one name
    ];
    for (const entry of trees) {
      const id = await echo.commit(entry);
      await hostile.resolve();
      await expect(hostile.world.ports.objects.entries({ url, id })).rejects.toThrow('a name that no file can have');
    }
  });

  it('whose tree leaves its folder writes nothing outside while it is resolved', async () => {
    await using echo = await echoTree();
    for (const name of ['..', '.git']) {
      await echo.commit({ mode: '40000', name, oid: echo.folder });
      const { left } = await echo.hostile.resolve();
      expect(left).not.toContain('canary');
    }
  });

  it('whose extension.json is a link, a folder, a submodule or lost says so in its own words', async () => {
    await using hostile = await hostileWorld();
    const gitDir = hostile.remote('extensions/Echo');
    const link = await writeObject(gitDir, 'blob', Buffer.from('/etc/passwd'));
    const entry = (mode: RawEntry['mode'], oid: string): RawEntry => ({ mode, name: 'extension.json', oid });
    const says = async (one: RawEntry) => {
      const commit = await hostile.rawTree('extensions/Echo', [one]);
      const { says: codes, text, left } = await hostile.resolve();
      expect(left).toEqual([]);
      expect(text).not.toContain('root:');
      return [...codes, text.includes(commit.slice(0, 7)) || text.includes(one.oid)];
    };
    expect(await says(entry('120000', link))).toEqual(['json/syntax input', true]);
    const empty = await writeObject(gitDir, 'tree', Buffer.alloc(0));
    expect(await says(entry('40000', empty))).toEqual(['resolve/no-manifest input', true]);
    expect(await says(entry('160000', '1'.repeat(40)))).toEqual(['resolve/no-manifest input', true]);
    expect(await says(entry('100644', '1'.repeat(40)))).toEqual(['git/unreadable outside', true]);
  });

  it('whose .gitmodules points at programs, options or outside is refused', async () => {
    await using echo = await echoTree();
    const { hostile } = echo;
    const gitDir = hostile.remote('extensions/Echo');
    const urls = [
      '../../../../../x',
      `ext::sh -c touch% ${hostile.canary}`,
      `--upload-pack=touch ${hostile.canary}`,
      `ssh://-oProxyCommand=touch${hostile.canary}/x`,
    ];
    for (const url of urls) {
      const text = Buffer.from(`[submodule "a"]\n\tpath = lib\n\turl = ${url}\n`);
      const gitmodules = await writeObject(gitDir, 'blob', text);
      const link: RawEntry = { mode: '160000', name: 'lib', oid: '1'.repeat(40) };
      await hostile.rawTree('extensions/Echo', [
        { mode: '100644', name: '.gitmodules', oid: gitmodules },
        { mode: '100644', name: 'extension.json', oid: echo.blob },
        link,
      ]);
      const told = await hostile.resolve();
      expect({ url, ...told }).toMatchObject({ url, ...refused('resolve/unsafe-url') });
      expect(told.text).toMatch(/^Echo@[0-9a-f]{7}:\.gitmodules:1 /);
    }
  });

  it('whose extension.json is no JSON that PHP reads is shown where it breaks', async () => {
    await using hostile = await hostileWorld();
    const gitDir = hostile.remote('extensions/Echo');
    const says = async (content: string | Buffer) => {
      const oid = await writeObject(gitDir, 'blob', Buffer.from(content));
      await hostile.rawTree('extensions/Echo', [{ mode: '100644', name: 'extension.json', oid }]);
      const { says: codes, left } = await hostile.resolve();
      return [...codes, ...left];
    };
    expect(await says('\ufeff{"name":"Echo"}')).toEqual(['json/encoding input']);
    expect(await says(Buffer.from('{"name":"Echo"}', 'utf16le'))).toEqual(['json/encoding input']);
    expect(await says('{"name":"Ec\0ho"}')).toEqual(['json/syntax input']);
    expect(await says('['.repeat(100_000))).toEqual(['json/syntax input']);
    expect(await says('')).toEqual(['json/syntax input']);
    expect(await says('{"name":5}')).toEqual(['resolve/wrong-manifest input']);
    expect(await says('{"name":"A","name":"Echo"}')).toEqual(['locked', 'demo.lock.yaml']);
    expect(await readFile(hostile.lockFile, 'utf8')).toContain('registered: Echo\n');
  });
});

describe('a lock', () => {
  const damaged = async () => {
    const hostile = await hostileWorld();
    await hostile.resolve();
    const good = await readFile(hostile.lockFile, 'utf8');
    return { hostile, good, [Symbol.asyncDispose]: () => hostile[Symbol.asyncDispose]() };
  };
  const damages: readonly (readonly [string, (good: string) => string, string])[] = [
    ['has conflict markers', (good) => `<<<<<<< HEAD\n${good}`, 'yaml/syntax'],
    ['is cut off', (good) => good.slice(0, 200), 'yaml/missing-key'],
    ['has trees that are none', (good) => good.replaceAll(/tree: .*/g, `tree: ${'0'.repeat(40)}`), 'yaml/wrong-value'],
    ['has a NUL', (good) => `${good}\0`, 'yaml/syntax'],
    ['mounts outside', (good) => good.replace('path: extensions/Echo', 'path: ../../etc'), 'yaml/wrong-value'],
  ];

  it.each(damages)(
    'that %s: what starts from it refuses it with its line, frozen fails, writing writes it whole',
    async (_is, damage, code) => {
      await using found = await damaged();
      const { hostile, good } = found;
      await writeFile(hostile.lockFile, damage(good));
      const read = await readLock(hostile.world.root, 'demo');
      expect(read).toMatchObject({
        ok: false,
        diagnostics: expect.arrayContaining([
          expect.objectContaining({ code, at: expect.anything() as object }),
        ]) as object,
      });
      expect(await hostile.resolve({ mode: 'frozen' })).toMatchObject({ says: ['resolve/lock-outdated failed'] });
      expect(await readFile(hostile.lockFile, 'utf8')).toBe(damage(good));
      expect(await hostile.resolve()).toMatchObject({ says: ['locked'], left: ['demo.lock.yaml'] });
      expect(await readFile(hostile.lockFile, 'utf8')).toBe(good);
    },
  );

  it('with other trees than its commits have is shown as changed, and put right', async () => {
    await using found = await damaged();
    const { hostile, good } = found;
    await writeFile(hostile.lockFile, good.replaceAll(/tree: .*/g, `tree: ${'a'.repeat(40)}`));
    expect(await hostile.resolve({ mode: 'frozen' })).toMatchObject({ says: ['resolve/lock-outdated failed'] });
    await hostile.resolve();
    expect(await readFile(hostile.lockFile, 'utf8')).toBe(good);
  });

  it('of a newer mwpipe stays as it is', async () => {
    await using found = await damaged();
    const { hostile, good } = found;
    const newer = good.replace('mwpipe.lock/2', 'mwpipe.lock/3');
    await writeFile(hostile.lockFile, newer);
    for (const mode of ['frozen', 'write'] as const) {
      expect(await hostile.resolve({ mode })).toMatchObject({ says: ['lock/newer-schema input'] });
    }
    expect(await readFile(hostile.lockFile, 'utf8')).toBe(newer);
  });
});
