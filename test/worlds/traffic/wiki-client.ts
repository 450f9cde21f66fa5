/** Requests to a wiki as browsers and bots make them: one outcome each, whatever happens on the way. */
import { Agent, request, type IncomingHttpHeaders } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Call {
  readonly path: string;
  readonly form?: Readonly<Record<string, string>>;
  readonly cookies?: string;
  readonly agent?: Agent;
  readonly timeoutMs: number;
}

/** Rejects where no complete answer came: refused, reset, cut in the middle, or too late. */
export function call(origin: string, { path, form, cookies, agent, timeoutMs }: Call): Promise<Answer> {
  const body = form === undefined ? undefined : new URLSearchParams(form).toString();
  return new Promise((resolve, reject) => {
    const sent = request(new URL(path, origin), {
      method: body === undefined ? 'GET' : 'POST',
      agent: agent ?? new Agent({ keepAlive: false }),
      headers: {
        ...(cookies === undefined ? {} : { cookie: cookies }),
        ...(body === undefined
          ? {}
          : { 'content-type': 'application/x-www-form-urlencoded', 'content-length': Buffer.byteLength(body) }),
      },
    });
    const timer = setTimeout(() => sent.destroy(new Error('no answer in time')), timeoutMs);
    sent.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    sent.on('response', (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('close', () => {
        clearTimeout(timer);
        if (!answer.complete) reject(new Error('the answer was cut off'));
        resolve({
          status: answer.statusCode ?? 0,
          headers: answer.headers,
          body: Buffer.concat(chunks).toString('utf8'),
        });
      });
    });
    sent.end(body);
  });
}

/** A logged-in editor: keeps its cookies, edits with a marker that the history must show. */
export class Editor {
  readonly #origin: string;
  readonly #cookies = new Map<string, string>();
  #token = '';

  constructor(origin: string) {
    this.#origin = origin;
  }

  async logIn(name: string, password: string): Promise<void> {
    const { query } = await this.#api({ action: 'query', meta: 'tokens', type: 'login' });
    const login = {
      action: 'clientlogin',
      username: name,
      password,
      logintoken: String(query?.tokens?.['logintoken']),
    };
    const answer = await this.#api({ ...login, loginreturnurl: `${this.#origin}/` });
    if (answer.clientlogin?.status !== 'PASS') throw new Error(`login failed: ${JSON.stringify(answer)}`);
    const tokens = await this.#api({ action: 'query', meta: 'tokens' });
    this.#token = String(tokens.query?.tokens?.['csrftoken']);
  }

  /** @returns the answer, and whether the wiki acknowledged the edit */
  async edit(title: string, marker: string): Promise<{ readonly answer: Answer; readonly acknowledged: boolean }> {
    const form = { action: 'edit', title, appendtext: `\n* ${marker}`, summary: marker, token: this.#token };
    const answer = await this.#post(form);
    return { answer, acknowledged: answer.status === 200 && parse(answer.body).edit?.result === 'Success' };
  }

  /** The summaries of all revisions of a page. */
  async history(title: string): Promise<Set<string>> {
    const comments = new Set<string>();
    let more: Record<string, string> = {};
    for (;;) {
      const answer = await this.#api({
        action: 'query',
        prop: 'revisions',
        titles: title,
        rvprop: 'comment',
        rvlimit: 'max',
        ...more,
      });
      for (const page of answer.query?.pages ?? [])
        for (const { comment } of page.revisions ?? []) comments.add(comment);
      if (answer.continue === undefined) return comments;
      more = answer.continue;
    }
  }

  async #api(form: Readonly<Record<string, string>>): Promise<ApiAnswer> {
    return parse((await this.#post(form)).body);
  }

  async #post(form: Readonly<Record<string, string>>): Promise<Answer> {
    const cookies = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await call(this.#origin, {
      path: '/api.php',
      form: { format: 'json', formatversion: '2', ...form },
      cookies,
      timeoutMs: 30_000,
    });
    for (const line of answer.headers['set-cookie'] ?? []) {
      const [pair = ''] = line.split(';');
      this.#cookies.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1));
    }
    return answer;
  }
}

interface ApiAnswer {
  readonly query?: {
    readonly tokens?: Readonly<Record<string, string>>;
    readonly pages?: readonly { readonly revisions?: readonly { readonly comment: string }[] }[];
  };
  readonly clientlogin?: { readonly status: string };
  readonly edit?: { readonly result: string };
  readonly continue?: Record<string, string>;
}

function parse(body: string): ApiAnswer {
  try {
    return JSON.parse(body) as ApiAnswer;
  } catch {
    return {};
  }
}
