/** Why a lock has this ref of a component: its pin, or which branch of which policy. From set and lock alone. Pure. */
import type { SourceRange } from '../../kernel/diagnostic.ts';
import type { LockedComponent } from '../lock/lockfile.ts';
import type { BranchRule, ExtensionSet, Pin, SetComponent } from './merged-set.ts';

export type WhyRef =
  | { readonly kind: 'pin'; readonly pin: Pin; readonly at: SourceRange }
  | {
      readonly kind: 'policy';
      /** As the set writes it: `wmf/{train}`. */
      readonly template: string;
      readonly at: SourceRange;
      /** Of the policy, counted from 1. */
      readonly place: number;
      /** The component's own, or the set's. */
      readonly policy: 'component' | 'set';
      /** What the lock says was missing: `no wmf/1.43.0-wmf.2`. */
      readonly fallback?: string;
    }
  /** The set has another policy or pin by now, or doesn't list the component. */
  | { readonly kind: 'outdated'; readonly now: string };

export function whyRef(locked: LockedComponent, listed: SetComponent | undefined, set: ExtensionSet): WhyRef {
  if (listed === undefined) return { kind: 'outdated', now: `${set.name} doesn't list it` };
  const { pin, at, branches } = listed;
  if (pin !== undefined) {
    const same = locked.ref === refOf(pin);
    return same ? { kind: 'pin', pin, at } : { kind: 'outdated', now: `the set pins it to ${pin.kind} ${pin.name}` };
  }
  const rules = branches ?? set.branches;
  const name = /^refs\/heads\/(.+)$/.exec(locked.ref)?.[1];
  const index = name === undefined ? -1 : matching(name, rules, set.variables);
  const rule = rules[index];
  if (rule === undefined) {
    return { kind: 'outdated', now: `the policy is ${rules.map(({ template }) => template).join(', ')}` };
  }
  const policy = branches === undefined ? 'set' : 'component';
  const fallback = locked.fallback === undefined ? {} : { fallback: locked.fallback };
  return { kind: 'policy', template: rule.template, at: rule.at, place: index + 1, policy, ...fallback };
}

function refOf({ kind, name }: Pin): string {
  return kind === 'commit' ? name : `refs/${kind === 'branch' ? 'heads' : 'tags'}/${name}`;
}

/** By the set's own variables; else by any, for `--train` is given and not written. */
function matching(name: string, rules: readonly BranchRule[], variables: Readonly<Record<string, string>>): number {
  const filled = rules.map(({ template }) =>
    template.replaceAll(/\{([^}]*)\}/g, (whole, key: string) => variables[key] ?? whole),
  );
  const exact = filled.indexOf(name);
  return exact >= 0 ? exact : rules.findIndex(({ template }) => patternOf(template).test(name));
}

function patternOf(template: string): RegExp {
  const parts = template.split(/\{[^}]*\}/).map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join('.+')}$`);
}
