/** Real git over smart HTTP: answers a request of node:http through `git http-backend`, as a web server's CGI would. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { PLAIN_GIT } from './fast-import.ts';

export interface GitRequest {
  /** Folder of bare repos. */
  readonly root: string;
  /** Of the repo and git's service below it: `/mediawiki/core/info/refs`. */
  readonly path: string;
  readonly query: string;
}

export async function answerGit(
  { root, path, query }: GitRequest,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const env = {
    ...process.env,
    ...PLAIN_GIT,
    GIT_PROJECT_ROOT: root,
    GIT_HTTP_EXPORT_ALL: '1',
    PATH_INFO: path,
    QUERY_STRING: query,
    REQUEST_METHOD: request.method ?? 'GET',
    CONTENT_TYPE: request.headers['content-type'] ?? '',
    CONTENT_LENGTH: request.headers['content-length'] ?? '',
    HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
    GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
    REMOTE_ADDR: '127.0.0.1',
  };
  const git = spawn('git', ['http-backend'], { env, stdio: ['pipe', 'pipe', 'ignore'] });
  git.stdin.on('error', () => undefined); // it needn't read what it doesn't want
  request.pipe(git.stdin);
  const closed = once(git, 'close');
  const chunks: Buffer[] = [];
  for await (const chunk of git.stdout as AsyncIterable<Buffer>) chunks.push(chunk);
  await closed;
  const output = Buffer.concat(chunks);
  const end = output.indexOf('\r\n\r\n');
  const headers = output.subarray(0, end).toString('latin1').split('\r\n');
  for (const header of headers) {
    const [name = '', value = ''] = header.split(/: (.*)/s);
    if (name === 'Status') response.statusCode = Number.parseInt(value, 10);
    else response.setHeader(name, value);
  }
  response.end(output.subarray(end + 4));
}
