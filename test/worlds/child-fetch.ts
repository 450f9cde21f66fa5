/** Fetches one commit in a process of its own, to be killed in the middle: cache, source, url, commit, ref. */
import { openGit } from '../../src/adapters/git/index.ts';
import { testContext } from './context.ts';

const [cache = '', to = '', url = '', commit = '', ref = ''] = process.argv.slice(2);
const from = url.slice(0, url.indexOf('mediawiki/'));
const ports = openGit({ cache, mirrors: [{ from, to }], environment: process.env });
const fetched = await ports.objects.fetch({ url, commit, ref }, { ...testContext(), emit: () => undefined });
process.send?.(fetched);
process.disconnect();
