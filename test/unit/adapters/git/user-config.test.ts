import { describe, expect, it } from 'vitest';
import { parseConfig, userConfig } from '../../../../src/adapters/git/user-config.ts';

const GERRIT = 'https://gerrit.example.org/r/core';

describe('asks directly', () => {
  it.each<[string, string, Record<string, string>, Record<string, string>]>([
    ['where nothing is set', GERRIT, {}, {}],
    ['over git://', 'git://host.example/core', { 'http.proxy': 'http://p' }, { https_proxy: 'http://p' }],
    ['where another host has a proxy', GERRIT, { 'http.https://other.example/.proxy': 'http://p' }, {}],
    ['where the settings are about speed', GERRIT, { 'http.postbuffer': '5', 'http.lowspeedtime': '9' }, {}],
    ['where another url is rewritten', GERRIT, { 'url.git@x:.insteadof': 'https://github.com/' }, {}],
    ['where only pushes are rewritten', GERRIT, { 'url.ssh://x/.pushinsteadof': 'https://gerrit.example.org/' }, {}],
    [
      'where the host is spared the proxy',
      GERRIT,
      {},
      { https_proxy: 'http://p', no_proxy: 'localhost, .example.org' },
    ],
    [
      'where certificates are for https',
      'http://host.example/core',
      { 'http.sslcainfo': '/x' },
      { GIT_SSL_CAINFO: '/x' },
    ],
  ])('%s', (_why, url, ...[settings, environment]) => {
    expect(userConfig(Object.entries(settings), environment).mayAskDirectly(new URL(url))).toBe(true);
  });
});

describe('leaves it to git', () => {
  it.each<[string, string, Record<string, string>, Record<string, string>]>([
    ['a rewritten url', GERRIT, { 'url.ssh://me@gerrit/.insteadof': 'https://gerrit.example.org/' }, {}],
    ['a proxy', GERRIT, { 'http.proxy': 'http://p' }, {}],
    ['a proxy of this host', GERRIT, { 'http.https://gerrit.example.org/.proxy': 'http://p' }, {}],
    ['settings of hosts by wildcard', GERRIT, { 'http.https://*.example.org/.extraheader': 'x: y' }, {}],
    ['a header', GERRIT, { 'http.extraheader': 'Authorization: x' }, {}],
    ['a setting that is not known', GERRIT, { 'http.somethingnew': 'x' }, {}],
    ['certificates', GERRIT, { 'http.sslcainfo': '/etc/x.pem' }, {}],
    ['certificates by variable', GERRIT, {}, { GIT_SSL_CAINFO: '/x' }],
    ['a proxy by variable', GERRIT, {}, { HTTPS_PROXY: 'http://p' }],
    ['a proxy command', 'git://host.example/core', { 'core.gitproxy': 'x' }, {}],
    ['another protocol version', GERRIT, { 'protocol.version': '0' }, {}],
    ['what the user forbids', GERRIT, { 'protocol.https.allow': 'never' }, {}],
    ['a password in the url', 'https://me:secret@gerrit.example.org/r/core', {}, {}],
    ['ssh', 'ssh://gerrit.example.org/core', {}, {}],
    ['files', 'file:///srv/core', {}, {}],
  ])('%s', (_why, url, ...[settings, environment]) => {
    expect(userConfig(Object.entries(settings), environment).mayAskDirectly(new URL(url))).toBe(false);
  });
});

it('reads what git config --list -z prints', () => {
  expect(parseConfig('user.name\nA\nB\0core.bare\0url.https://x/.insteadof\ngh:\0')).toEqual([
    ['user.name', 'A\nB'],
    ['core.bare', 'true'],
    ['url.https://x/.insteadof', 'gh:'],
  ]);
});

it('allows no protocol that the user forbids, and none that runs commands', () => {
  const all = userConfig([], {}).allowedProtocols;
  expect(all).toBe('file:git:http:https:ssh');
  expect(userConfig([['protocol.git.allow', 'never']], {}).allowedProtocols).toBe('file:http:https:ssh');
  expect(userConfig([], { GIT_ALLOW_PROTOCOL: 'https:ext' }).allowedProtocols).toBe('https');
});
