/** The runtimes that tests run on: the same that mwpipe builds for everybody, made once and kept in the engine. */
export type RuntimeImageName = 'web' | 'router' | 'mariadb';

/** @returns an image reference that the engine has */
export function runtimeImage(name: RuntimeImageName): Promise<string> {
  return Promise.resolve(`mwf-${name}`);
}
