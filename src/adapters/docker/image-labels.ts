/** What an image of the engine says of itself. */
import { fail, type Outcome } from '../../kernel/outcome.ts';
import { guardEngine, unlessMissing, type Docker } from './engine.ts';

/** @returns fails with `docker/no-image`, `docker/not-running` */
export async function imageLabels(docker: Docker, image: string): Promise<Outcome<Readonly<Record<string, string>>>> {
  const found = await guardEngine(async () => {
    const inspected = await unlessMissing(docker.getImage(image).inspect());
    return inspected === undefined ? undefined : labelsOf(inspected.Config);
  });
  if (!found.ok || found.value !== undefined) return found as Outcome<Readonly<Record<string, string>>>;
  return fail({
    code: 'docker/no-image',
    message: `the engine has no image ${image}`,
    hint: 'something removed it meanwhile: run the same command again',
    exit: 'outside',
  });
}

/** The engine says null where there are none. */
function labelsOf({ Labels }: { readonly Labels?: Readonly<Record<string, string>> | null }) {
  return Labels ?? {};
}
