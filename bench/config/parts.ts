/** The parts of the config bench: which were asked for, each measured when its turn comes, its figures printed at once. */
import { load, say } from './figures.ts';
import { stopped } from './stop.ts';

/** `PLACE.WHAT`, or one word where there is but one place. */
export const PARTS = {
  'docker.push': 'ten containers: how soon a push is seen on all; the demo’s overlay, and one of real size',
  'docker.load': 'pushes while requests are answered: lost and mixed ones; the control swaps files in place',
  'docker.rebuild': 'the same change baked into the image, and each container replaced',
  'kubernetes.push': 'ten pods of the chart on a real cluster: as docker.push',
  'kubernetes.configmap': 'the same change in a plain ConfigMap: left to the kubelet, and with annotated pods',
  'kubernetes.rebuild': 'the same change baked into the image, and a rolling update',
  'kubernetes.load': 'as docker.load',
  diff: '`config diff` of 1,000 wikis: YAML alone, and with its PHP; cold and warm',
  cost: 'CPU time of a request with the overlay, and with the same settings baked in: in pairs',
  opcache: 'opcache after many pushes of a large bundle, with retired bundles dropped and without',
} as const;

export type PartName = keyof typeof PARTS;

export interface Parts {
  readonly quick: boolean;
  wants(name: PartName): boolean;
  /** @returns undefined where nobody asked for it */
  run<T>(name: PartName, measure: () => Promise<T>): Promise<T | undefined>;
}

/** @param only parts, or halves of their names; none asks for all @returns what isn't a part */
export function unknownParts(only: readonly string[]): string[] {
  return only.filter((wish) => !Object.keys(PARTS).some((name) => matches(name, wish)));
}

export function partsOf({ quick, only }: { readonly quick: boolean; readonly only: readonly string[] }): Parts {
  const wants = (name: PartName): boolean => only.length === 0 || only.some((wish) => matches(name, wish));
  return {
    quick,
    wants,
    run: async (name, measure) => {
      if (!wants(name)) return undefined;
      stopped.throwIfAborted();
      const started = performance.now();
      say(`── ${name}: ${PARTS[name]} (load ${String(load())})`);
      const figures = await measure();
      say(`${JSON.stringify(figures)} (${String(Math.round((performance.now() - started) / 1000))} s)`);
      return figures;
    },
  };
}

function matches(name: string, wish: string): boolean {
  return name === wish || name.split('.').includes(wish);
}
