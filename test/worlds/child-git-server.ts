/** One git server in a process of its own, so that what is measured doesn't share its event loop; see apart-server.ts. */
import { gitDaemon, smartHttp, type GitServerOptions } from './git-servers.ts';

const [kind = '', root = '', options = '{}'] = process.argv.slice(2);
const open = kind === 'git' ? gitDaemon : smartHttp;
const server = await open(root, JSON.parse(options) as GitServerOptions);
process.on('message', (asked) => {
  if (asked === 'counts') process.send?.({ ...server.counts });
});
process.on('disconnect', () => void server[Symbol.asyncDispose]());
process.send?.({ url: server.url, port: server.port });
