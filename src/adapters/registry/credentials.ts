/** Who we are to a registry: the login that mwpipe.yaml names, else what `docker login` wrote down. */
import { z } from 'zod';
import type { Diagnostic } from '../../kernel/diagnostic.ts';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import { Secret } from '../../kernel/secret.ts';

export interface Login {
  readonly user: string;
  readonly password: Secret<string>;
}

const dockerConfig = z.object({
  auths: z
    .record(
      z.string(),
      z.object({ auth: z.string().optional(), username: z.string().optional(), password: z.string().optional() }),
    )
    .optional(),
});

/**
 * The login for `host` in the text of Docker's `config.json`; undefined where it has none.
 * @returns fails with `registry/docker-config`, without a word of the file's content
 */
export function dockerLogin(text: string, { file, host }: { file: string; host: string }): Outcome<Login | undefined> {
  const config = parse(text);
  if (config === undefined) return fail(unreadable(file));
  const entry = Object.entries(config.auths ?? {}).find(([name]) => hostOf(name) === host)?.[1];
  if (entry === undefined) return ok(undefined);
  if (entry.username !== undefined && entry.password !== undefined) {
    return ok({ user: entry.username, password: new Secret(entry.password) });
  }
  const [user, ...rest] = Buffer.from(entry.auth ?? '', 'base64')
    .toString('utf8')
    .split(':');
  if (user === undefined || user === '' || rest.length === 0) return ok(undefined);
  return ok({ user, password: new Secret(rest.join(':')) });
}

/** `https://registry.example.org/v1/`, as old clients wrote it, is `registry.example.org`. */
function hostOf(name: string): string {
  return name.replace(/^https?:\/\//, '').split('/')[0] ?? name;
}

function parse(text: string): z.output<typeof dockerConfig> | undefined {
  try {
    return dockerConfig.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function unreadable(file: string): Diagnostic {
  return {
    code: 'registry/docker-config',
    message: `${file} is not what docker login writes`,
    hint: 'mend or remove it; or name the login under registries of mwpipe.yaml',
  };
}
