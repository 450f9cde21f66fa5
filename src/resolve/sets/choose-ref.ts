/** The branch policy: which ref of a component is meant, given the refs that it has. */
import { quote, type Diagnostic } from '../../kernel/diagnostic.ts';
import { nearest } from '../../kernel/nearest.ts';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import type { BranchRule, ExtensionSet, SetComponent } from './extension-set.ts';

export interface ChosenRef {
  readonly ref: string;
  readonly commit: string;
  /** Why it isn't the first of the policy. */
  readonly fallback?: string;
}

export interface Branch {
  readonly name: string;
  readonly rule: BranchRule;
}

export interface BranchPolicy {
  readonly branches: readonly Branch[];
  /** For core, where somebody named a train: falling back would build another one without a word. */
  readonly firstOnly: boolean;
}

/** The policy with its variables filled in; a branch whose variable isn't set is a mistake of the set's. */
export function fillBranches(set: ExtensionSet, variables: Readonly<Record<string, string>>): Outcome<Branch[]> {
  const wrong: Diagnostic[] = [];
  const all: Readonly<Record<string, string>> = { ...set.variables, ...variables };
  const branches = set.branches.map((rule) => ({
    rule,
    name: rule.template.replaceAll(/\{([^}]*)\}/g, (_whole, variable: string) => {
      const value = all[variable];
      if (value === undefined) wrong.push(unknownVariable({ variable, rule }, Object.keys(all)));
      return value ?? '';
    }),
  }));
  const unused = Object.keys(variables).filter(
    (variable) => !set.branches.some((rule) => rule.template.includes(`{${variable}}`)),
  );
  for (const variable of unused) {
    const message = `no branch of ${quote(set.name)} uses {${variable}}`;
    const at = set.branches[0]?.at;
    const hint = `add one to its branches, for example wmf/{${variable}}`;
    wrong.push({ code: 'resolve/unused-variable', message, hint, ...(at === undefined ? {} : { at }) });
  }
  const [first, ...others] = wrong;
  return first === undefined ? ok(branches) : fail(first, ...others);
}

function unknownVariable(
  { variable, rule }: { readonly variable: string; readonly rule: BranchRule },
  known: readonly string[],
): Diagnostic {
  const near = nearest(variable, known);
  const hint = near === undefined ? `set it under variables: ${variable}: ...` : `did you mean {${near}}?`;
  return { code: 'resolve/unknown-variable', message: `no variable ${quote(variable)}`, hint, at: rule.at };
}

/** The pinned ref, or the first branch of the policy that the component has. Fails with `resolve/no-ref`. */
export function chooseRef(
  component: SetComponent,
  policy: BranchPolicy,
  refs: ReadonlyMap<string, string>,
): Outcome<ChosenRef> {
  if (component.pin !== undefined) return choosePinned(component, component.pin, refs);
  const [first] = policy.branches;
  const branches = policy.firstOnly ? policy.branches.slice(0, 1) : policy.branches;
  for (const { name } of branches) {
    const ref = `refs/heads/${name}`;
    const commit = refs.get(ref);
    if (commit === undefined) continue;
    return ok(
      name === first?.name ? { ref, commit } : { ref, commit, fallback: `no ${missingBefore(name, branches)}` },
    );
  }
  return fail(
    noRef({ component, missing: missingBefore(undefined, branches), known: shortNames(refs, 'refs/heads/') }),
  );
}

/** Prefixes of all refs that `chooseRef` may look at, so that a remote needn't tell all that it has; none for a commit. */
export function wantedPrefixes({ pin }: SetComponent, { branches }: BranchPolicy): string[] {
  if (pin?.kind === 'commit') return [];
  if (pin !== undefined) return [`${pin.kind === 'branch' ? 'refs/heads/' : 'refs/tags/'}${pin.name}`];
  return branches.map(({ name }) => `refs/heads/${name}`);
}

function missingBefore(name: string | undefined, branches: readonly Branch[]): string {
  const names = branches.map((branch) => branch.name);
  return (name === undefined ? names : names.slice(0, names.indexOf(name))).join(' nor ');
}

function choosePinned(
  component: SetComponent,
  pin: NonNullable<SetComponent['pin']>,
  refs: ReadonlyMap<string, string>,
): Outcome<ChosenRef> {
  if (pin.kind === 'commit') {
    if (/^[0-9a-f]{40}([0-9a-f]{24})?$/.test(pin.name)) return ok({ ref: pin.name, commit: pin.name });
    const hint = 'write all 40 digits: git rev-parse HEAD';
    return fail({
      code: 'resolve/wrong-commit',
      message: `${quote(pin.name)} is no commit id`,
      hint,
      at: component.at,
    });
  }
  const prefix = pin.kind === 'branch' ? 'refs/heads/' : 'refs/tags/';
  const commit = refs.get(prefix + pin.name);
  if (commit !== undefined) return ok({ ref: prefix + pin.name, commit });
  return fail(noRef({ component, missing: `${pin.kind} ${pin.name}`, known: shortNames(refs, prefix) }));
}

interface MissingRef {
  readonly component: SetComponent;
  /** `wmf/1.43.0-wmf.3 nor REL1_43`. */
  readonly missing: string;
  readonly known: readonly string[];
}

function noRef({ component, missing, known }: MissingRef): Diagnostic {
  const near = nearest(missing.split(' ').at(-1) ?? '', known);
  return {
    code: 'resolve/no-ref',
    message: `${component.name} has no ${missing}`,
    hint: near === undefined ? `it has ${known.slice(0, 8).join(', ') || 'none at all'}` : `did you mean ${near}?`,
    at: component.at,
  };
}

function shortNames(refs: ReadonlyMap<string, string>, prefix: string): string[] {
  return [...refs.keys()].filter((ref) => ref.startsWith(prefix)).map((ref) => ref.slice(prefix.length));
}
