/** `mwpipe why`: how a component came into a set, who requires it, and why it is at this commit. Pure. */
import { quote, type Diagnostic } from '../../kernel/diagnostic.ts';
import { nearest } from '../../kernel/nearest.ts';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import type { LockedChange, LockedComponent, Lockfile } from '../lock/lockfile.ts';
import { parseComponentName } from './component-name.ts';
import type { ExtensionSet, Origin, SetComponent } from './merged-set.ts';
import { whyRef, type WhyRef } from './why-ref.ts';

/** `Flow requires VisualEditor`, and so on until the component that was asked about. */
interface RequirementChain {
  readonly components: readonly string[];
  /** What the last of them asks of the component: `*`, `>= 1.0`. */
  readonly constraint: string;
}

export interface Why {
  readonly set: string;
  readonly name: string;
  readonly kind: LockedComponent['kind'];
  readonly path: string;
  readonly url: string;
  /** In words of whoever listed it. */
  readonly because?: string;
  /** Undefined where the set doesn't list it any more. */
  readonly listed?: Origin;
  /** The shortest way from each component that requires it, near or far; undefined where there is no lock. */
  readonly requiredBy?: readonly RequirementChain[];
  /** Undefined where there is no lock, or none with this component. */
  readonly commit?: WhyCommit;
}

interface WhyCommit {
  readonly commit: string;
  readonly ref: string;
  readonly because: WhyRef;
  /** Changes under review that are on top of it. */
  readonly changes: readonly LockedChange[];
}

/** Fails with `resolve/unknown-component`. */
export function whyComponent(written: string, set: ExtensionSet, lock: Lockfile | undefined): Outcome<Why> {
  const name = parseComponentName(written)?.name ?? written;
  const locked = lock?.components.find((one) => one.name === name || one.registered === name);
  const listed = set.components.find((one) => one.name === (locked?.name ?? name));
  const component = listed ?? locked;
  if (component === undefined) return fail(unknown(written, set, lock));
  const { kind, path, url } = component;
  return ok({
    ...{ set: set.name, name: component.name, kind, path, url },
    ...(listed?.because === undefined ? {} : { because: listed.because }),
    ...(listed === undefined ? {} : { listed: listed.origin }),
    ...(lock === undefined ? {} : { requiredBy: chainsTo(component.name, lock) }),
    ...(locked === undefined ? {} : { commit: whyCommit(locked, listed, set) }),
  });
}

function unknown(written: string, set: ExtensionSet, lock: Lockfile | undefined): Diagnostic {
  const known = new Set([...set.components, ...(lock?.components ?? [])].map(({ name }) => name));
  const byLastPart = new Map([...known].map((name) => [lastPart(name), name]));
  const near = nearest(written, [...known]) ?? byLastPart.get(nearest(lastPart(written), [...byLastPart.keys()]) ?? '');
  return {
    code: 'resolve/unknown-component',
    message: `${quote(written)} is no component of the set ${quote(set.name)}`,
    hint: near === undefined ? `mwpipe sets show ${set.name} lists them` : `did you mean ${near}?`,
  };
}

/** `Vector` of `skins/Vector`. */
function lastPart(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}

function whyCommit(locked: LockedComponent, listed: SetComponent | undefined, set: ExtensionSet): WhyCommit {
  const { commit, ref, patch } = locked;
  return { commit, ref, because: whyRef(locked, listed, set), changes: patch?.changes ?? [] };
}

/** Breadth first from the component, so that the first way found is the shortest. */
function chainsTo(name: string, { components }: Lockfile): RequirementChain[] {
  const chains: RequirementChain[] = [];
  const seen = new Set([name]);
  const waiting: RequirementChain[] = [{ components: [name], constraint: '' }];
  for (const chain of waiting) {
    const required = components.find((one) => one.name === chain.components[0]);
    for (const one of components) {
      const constraint = required === undefined ? undefined : constraintOn(required, one);
      if (constraint === undefined || seen.has(one.name)) continue;
      seen.add(one.name);
      const last = chain.components.length === 1 ? constraint : chain.constraint;
      const longer = { components: [one.name, ...chain.components], constraint: last };
      chains.push(longer);
      waiting.push(longer);
    }
  }
  return chains;
}

function constraintOn({ kind, registered }: LockedComponent, { requires }: LockedComponent): string | undefined {
  const asked = kind === 'skin' ? requires?.skins : requires?.extensions;
  return registered === undefined || asked === undefined || !Object.hasOwn(asked, registered)
    ? undefined
    : asked[registered];
}
