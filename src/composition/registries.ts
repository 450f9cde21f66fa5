/** The registries of a workspace: their logins from Docker's own file or from the environment. */
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Login } from '../adapters/registry/index.ts';
import type { ImageRegistry } from '../build/index.ts';
import { pullImage, type PublishEvent, type PulledImage } from '../build/index.ts';
import { environment } from '../cli/process.ts';
import { blobStore } from '../kernel/blob-store.ts';
import { apartIn } from './apart.ts';
import { quote, type Diagnostic } from '../kernel/diagnostic.ts';
import type { Digest } from '../kernel/digest.ts';
import { all, fail, ok, type Outcome } from '../kernel/outcome.ts';
import { nearest } from '../kernel/nearest.ts';
import type { RunContext } from '../kernel/run-context.ts';
import { Secret } from '../kernel/secret.ts';
import type { RegistryConfig, Workspace } from '../kernel/workspace.ts';

/**
 * Those with these names, in this order; all of the workspace where none is named.
 * @returns fails with `registry/unknown`, `registry/no-secret`, `registry/docker-config`
 */
export async function registriesOf(
  workspace: Workspace,
  names: readonly string[] = [],
  embargoed = false,
): Promise<Outcome<ImageRegistry[]>> {
  const { registries } = workspace.document.value;
  const known = Object.keys(registries);
  const wanted = names.length === 0 ? known : names;
  return all(
    await Promise.all(
      wanted.map(async (name): Promise<Outcome<ImageRegistry>> => {
        const config = registries[name];
        return config === undefined ? fail(unknown(name, known)) : openOne(workspace, name, { config, embargoed });
      }),
    ),
  );
}

/** From whichever of them has it whole, into the blob store. */
export async function pullIn(
  workspace: Workspace,
  { digest, from }: { readonly digest: Digest; readonly from: readonly string[] },
  context: RunContext<PublishEvent>,
): Promise<Outcome<PulledImage>> {
  const registries = await registriesOf(workspace, from);
  if (!registries.ok) return registries;
  return pullImage(digest, { registries: registries.value, blobs: blobsOf(workspace) }, context);
}

function blobsOf(workspace: Workspace) {
  return blobStore(join(workspace.cache, 'blobs'));
}

async function openOne(
  workspace: Workspace,
  name: string,
  { config, embargoed }: { readonly config: RegistryConfig; readonly embargoed: boolean },
): Promise<Outcome<ImageRegistry>> {
  const login = await loginOf(workspace, name, config);
  if (!login.ok) return login;
  const { ociRegistry } = await import('../adapters/registry/index.ts');
  const { repository, private: isPrivate, insecure, verify } = config;
  const open = blobsOf(workspace);
  const blobs = embargoed ? apartIn(workspace.cache, open).blobs : open;
  return ok(ociRegistry({ name, repository, isPrivate, insecure, verify, login: login.value, blobs }));
}

async function loginOf(
  workspace: Workspace,
  name: string,
  { login, repository }: RegistryConfig,
): Promise<Outcome<Login | undefined>> {
  if (login !== undefined) {
    const password = environment.inherited()[login.secret];
    if (password !== undefined && password !== '') return ok({ user: login.user, password: new Secret(password) });
    return fail(noSecret(workspace, name, login.secret));
  }
  const { dockerLogin } = await import('../adapters/registry/index.ts');
  const file = join(environment.inherited()['DOCKER_CONFIG'] ?? join(homedir(), '.docker'), 'config.json');
  const text = await readFile(file, 'utf8').catch(() => undefined);
  const host = repository.slice(0, repository.indexOf('/'));
  return text === undefined ? ok(undefined) : dockerLogin(text, { file, host });
}

function unknown(name: string, known: readonly string[]): Diagnostic {
  const meant = nearest(name, known);
  const others = known.length === 0 ? 'mwpipe.yaml has none under registries' : `there are ${known.join(', ')}`;
  return {
    code: 'registry/unknown',
    message: `no registry ${quote(name)} in mwpipe.yaml`,
    hint: meant === undefined ? others : `did you mean ${meant}?`,
  };
}

function noSecret({ document }: Workspace, name: string, variable: string): Diagnostic {
  return {
    code: 'registry/no-secret',
    message: `the environment has no ${variable}, which holds the password for ${name}`,
    hint: `set it: export ${variable}=…; or leave the login out and use docker login`,
    at: document.at(['registries', name, 'login', 'secret']),
  };
}
