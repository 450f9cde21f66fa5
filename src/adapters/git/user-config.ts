/**
 * What the user told git about remotes (proxies, certificates, headers, other urls), read once a run by one process.
 * Where any of it bears on a url, only git knows how to reach it; everywhere else we may ask without it.
 */
import type { Environment, GitProcesses } from './git-process.ts';

export interface UserConfig {
  /** Nothing of the user's stands between us and this url. */
  mayAskDirectly(url: URL): boolean;
  /** For GIT_ALLOW_PROTOCOL: those of ours that the user hasn't forbidden. */
  readonly allowedProtocols: string;
}

/** @returns undefined where there is no git */
export async function readUserConfig(git: GitProcesses): Promise<UserConfig | undefined> {
  // Not that of the repo that we happen to stand in: no such place.
  const nowhere = { GIT_DIR: '/nonexistent/mwpipe' };
  const listed = await git.run({ args: ['config', '--list', '-z'], env: nowhere });
  return listed.code === 127 ? undefined : userConfig(parseConfig(listed.stdout), git.environment);
}

type Setting = readonly [key: string, value: string];

/** `key\nvalue\0`; the first and last part of a key are in small letters, the middle is as written. */
export function parseConfig(listing: string): Setting[] {
  return listing
    .split('\0')
    .filter((entry) => entry !== '')
    .map((entry) => {
      const end = entry.indexOf('\n');
      return end < 0 ? [entry, 'true'] : [entry.slice(0, end), entry.slice(end + 1)];
    });
}

const PROTOCOLS = ['file', 'git', 'http', 'https', 'ssh'] as const;
/** These change how quickly or under what name git talks, not to whom. */
const HARMLESS =
  /^(?:postbuffer|lowspeedlimit|lowspeedtime|version|useragent|maxrequests|minsessions|followredirects|noepsv)$/;

export function userConfig(settings: readonly Setting[], environment: Environment): UserConfig {
  const mayAskDirectly = (url: URL): boolean => {
    const plain = url.username === '' && url.password === '' && url.search === '' && url.hash === '';
    if (!plain || !['git:', 'http:', 'https:'].includes(url.protocol)) return false;
    return !settings.some((setting) => stands(setting, url)) && !leadsElsewhere(environment, url);
  };
  return { mayAskDirectly, allowedProtocols: allowed(settings, environment) };
}

/** Proxies and certificates by variables, as git and curl know them. */
function leadsElsewhere(environment: Environment, url: URL): boolean {
  const named = (pattern: RegExp): boolean =>
    Object.entries(environment).some(([name, value]) => pattern.test(name) && value !== undefined && value !== '');
  if (url.protocol === 'git:') return named(/^GIT_PROXY_COMMAND$/);
  if (named(/^GIT_HTTP_/) || (url.protocol === 'https:' && named(/^GIT_SSL_/))) return true;
  const spared = environment['no_proxy'] ?? environment['NO_PROXY'] ?? '';
  if (spared.split(/[\s,]+/).some((host) => isHost(host, url))) return false;
  return named(url.protocol === 'https:' ? /^(?:https|all)_proxy$/i : /^(?:http|all)_proxy$/i);
}

function isHost(pattern: string, { hostname }: URL): boolean {
  const name = pattern.replace(/^\./, '');
  return name === '*' || (name !== '' && (hostname === name || hostname.endsWith(`.${name}`)));
}

function stands([key, value]: Setting, url: URL): boolean {
  const [section = '', ...rest] = key.split('.');
  const name = rest.at(-1) ?? '';
  const subject = rest.slice(0, -1).join('.');
  if (section === 'url') return name === 'insteadof' && (value === '' || url.href.startsWith(value));
  if (section === 'protocol' && name === 'version') return value !== '2';
  if (section === 'protocol') return value === 'never' && (subject === '' || `${subject}:` === url.protocol);
  if (section === 'core' && name === 'gitproxy') return url.protocol === 'git:';
  if (section !== 'http' || url.protocol === 'git:' || HARMLESS.test(name)) return false;
  if (name.startsWith('ssl') && url.protocol === 'http:') return false;
  return subject === '' || concerns(subject, url);
}

/** `http.<url>.*`: the host decides, wildcards included; what can't be read concerns everyone. */
function concerns(pattern: string, url: URL): boolean {
  if (pattern.includes('*') || !URL.canParse(pattern)) return true;
  return new URL(pattern).hostname === url.hostname;
}

function allowed(settings: readonly Setting[], environment: Environment): string {
  const limited = environment['GIT_ALLOW_PROTOCOL'];
  const byUser = limited === undefined ? PROTOCOLS : PROTOCOLS.filter((one) => limited.split(':').includes(one));
  const never = (protocol: string): boolean => {
    const own = settings.filter(([key]) => key === `protocol.${protocol}.allow`).at(-1);
    const general = settings.filter(([key]) => key === 'protocol.allow').at(-1);
    return (own ?? general)?.[1] === 'never';
  };
  return byUser.filter((protocol) => !never(protocol)).join(':');
}
