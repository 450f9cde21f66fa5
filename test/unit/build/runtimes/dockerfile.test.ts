import { describe, expect, it } from 'vitest';
import { neededStages, onlyStages, readDockerfile } from '../../../../src/build/runtimes/dockerfile.ts';

const read = (text: string, bases: readonly string[] = [], bootstrapped = true) =>
  readDockerfile('images/x/Dockerfile', text, { bases, bootstrapped });
const digest = `sha256:${'a'.repeat(64)}`;
const stages = (text: string) => {
  const outcome = read(text);
  if (!outcome.ok) throw new Error(outcome.diagnostics[0].message);
  return outcome.value;
};

describe('the base policy', () => {
  it.each([
    ['FROM debian:bookworm', 1],
    ['ARG BASE\nFROM ${BASE} AS web\nFROM php:8.2', 3],
    ['FROM ${BASE} AS web\nFROM webb', 2],
    ['FROM ${BASE}:latest', 1],
    ['FROM ${BASE}\nCOPY --from=composer:2 /usr/bin/composer /usr/bin/', 2],
    ['# comment\n\nFROM ${BASE}\nRUN --mount=type=bind,from=alpine,target=/x true', 4],
    ['FROM --platform=linux/amd64 \\\n  alpine', 1],
    ['from scratch', 1],
  ])('refuses %j at line %i', (text, line) => {
    const outcome = read(text);
    expect(outcome).toMatchObject({
      ok: false,
      diagnostics: [
        { code: 'build/untrusted-base', exit: 'refused', at: { file: 'images/x/Dockerfile', line, column: 1 } },
      ],
    });
  });

  it('shows every untrusted image at once', () => {
    const outcome = read('FROM a\nFROM b');
    expect(outcome.ok ? [] : outcome.diagnostics).toHaveLength(2);
  });

  it.each([
    'ARG BASE\nFROM ${BASE}',
    'FROM $BASE AS web\nFROM web AS test',
    'FROM ${BASE} AS a\nFROM ${BASE}\nCOPY --from=a /x /x\nCOPY --from=0 /y /y',
  ])('takes %j', (text) => {
    expect(read(text).ok).toBe(true);
  });

  it('takes an image that is allowed by its digest, and nothing else of its registry', () => {
    const allowed = [`r.example/debian@${digest}`, 'r.example/base/*'];
    expect(read(`FROM r.example/debian@${digest}`, allowed)).toMatchObject({
      value: [{ base: `r.example/debian@${digest}` }],
    });
    expect(read(`FROM r.example/base/php@${digest} AS a\nFROM a`, allowed)).toMatchObject({
      value: [{}, { base: `r.example/base/php@${digest}` }],
    });
    expect(read(`FROM \${BASE}\nCOPY --from=r.example/base/php@${digest} /x /x`, allowed).ok).toBe(true);
    expect(read(`FROM r.example/other@${digest}`, allowed)).toMatchObject({
      diagnostics: [{ code: 'build/untrusted-base' }],
    });
    expect(read(`FROM r.example/debian@sha256:${'b'.repeat(64)}`, allowed)).toMatchObject({
      diagnostics: [
        { code: 'build/untrusted-base', hint: expect.stringContaining(`write r.example/debian@${digest}`) as string },
      ],
    });
  });

  it('refuses a tag, with the digest where it is known', () => {
    expect(read('FROM r.example/debian:12', [`r.example/debian@${digest}`])).toMatchObject({
      diagnostics: [
        {
          code: 'build/base-by-tag',
          hint: `write r.example/debian@${digest}`,
          exit: 'refused',
          at: { line: 1, column: 1 },
        },
      ],
    });
    expect(read('FROM r.example/base/php:8', ['r.example/base/*'])).toMatchObject({
      diagnostics: [{ hint: expect.stringContaining('skopeo inspect') as string }],
    });
  });

  it('knows no ${BASE} where image.yaml has none, whatever an ARG says', () => {
    expect(read('ARG BASE=evil\nFROM ${BASE}', [], false)).toMatchObject({ diagnostics: [{ code: 'build/no-base' }] });
  });

  it('wants a FROM line', () => {
    expect(read('RUN true')).toMatchObject({ ok: false, diagnostics: [{ code: 'build/no-stage' }] });
  });
});

describe('the stages', () => {
  const text = [
    'FROM ${BASE} AS tools',
    'COPY common/tool /t',
    'FROM ${BASE} AS web',
    'RUN a \\',
    '  # a comment inside',
    '  && b',
    'COPY --chown=www-data common/nginx.conf ./php82/x /etc/',
    'COPY ["common/with space", "/y"]',
    'COPY --from=tools /t /t',
    'FROM web AS test',
    'COPY common/test /test',
  ].join('\n');

  it('name the files that they copy, once those of other flavours are left out', () => {
    const copied = (target: string) =>
      neededStages(stages(text), target)?.flatMap((stage) => stage.copies.map((copy) => copy.path));
    expect(copied('web')).toEqual(['common/tool', 'common/nginx.conf', 'php82/x', 'common/with space']);
    expect(copied('test')).toContain('common/test');
    expect(copied('tools')).toEqual(['common/tool']);
    expect(copied('none')).toBeUndefined();
  });

  it('of a flavour read the same when another flavour changes', () => {
    const web = (source: string) => neededStages(stages(source), 'web')?.map((stage) => stage.text);
    expect(web(text.replace('/test', '/other'))).toEqual(web(text));
    expect(web(text.replace('RUN a', 'RUN c'))).not.toEqual(web(text));
  });

  it('of other flavours are left empty, with the numbers of all as they were', () => {
    const source = ['ARG BASE', text, 'FROM web AS other', 'RUN other'].join('\n');
    const all = stages(source);
    const only = onlyStages(source, all, neededStages(all, 'test') ?? []);
    expect(only).toBe(['ARG BASE', text].join('\n'));
    const debug = onlyStages(source, all, neededStages(all, 'other') ?? []);
    expect(debug).toBe(source.replace('FROM web AS test\nCOPY common/test /test', 'FROM scratch\n'));
  });
});
