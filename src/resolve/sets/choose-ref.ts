/** The branch policy: which ref of a component is meant, given the refs that it has. */
import { quote, type Diagnostic } from '../../kernel/diagnostic.ts';
import { nearest } from '../../kernel/nearest.ts';
import { fail, ok, settle, type Outcome } from '../../kernel/outcome.ts';
import { checkRef } from './safe-names.ts';
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
  /** Fill the policy of a component that has its own. */
  readonly variables?: Readonly<Record<string, string>>;
}

/**
 * The set's policy with its variables filled in; a branch whose variable isn't set is a mistake of the set's, in a
 * component's own policy too.
 */
export function fillBranches(set: ExtensionSet, variables: Readonly<Record<string, string>>): Outcome<Branch[]> {
  const all = allVariables(set, variables);
  const policies = [
    set.branches,
    ...set.components.flatMap(({ branches }) => (branches === undefined ? [] : [branches])),
  ];
  const rules = policies.flat();
  const unset = rules.flatMap((rule) =>
    variablesOf(rule)
      .filter((variable) => all[variable] === undefined)
      .map((variable) => unknownVariable({ variable, rule }, Object.keys(all))),
  );
  const used = new Set(rules.flatMap(variablesOf));
  const unused = Object.keys(variables).filter((variable) => !used.has(variable));
  const at = set.branches[0]?.at;
  const unsafe = filled(rules, all).flatMap(({ name, rule }) => {
    const checked = checkRef(name, rule.at); // a variable may have brought what its template didn't
    return checked.ok || unset.length > 0 ? [] : checked.diagnostics;
  });
  return settle(filled(set.branches, all), [
    ...unset,
    ...unsafe,
    ...unused.map((variable) => ({
      code: 'resolve/unused-variable' as const,
      message: `no branch of ${quote(set.name)} uses {${variable}}`,
      hint: `add one to its branches, for example wmf/{${variable}}`,
      ...(at === undefined ? {} : { at }),
    })),
  ]);
}

/** Those given before those of the set. */
export function allVariables(
  set: ExtensionSet,
  given: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return { ...set.variables, ...given };
}

function variablesOf({ template }: BranchRule): string[] {
  return Array.from(template.matchAll(/\{([^}]*)\}/g), (found) => found[1] ?? '');
}

function filled(rules: readonly BranchRule[], variables: Readonly<Record<string, string>>): Branch[] {
  const fill = ({ template }: BranchRule): string =>
    template.replaceAll(/\{([^}]*)\}/g, (whole, variable: string) => variables[variable] ?? whole);
  return rules.map((rule) => ({ rule, name: fill(rule) }));
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
  const own = branchesOf(component, policy);
  const [first] = own;
  const branches = policy.firstOnly ? own.slice(0, 1) : own;
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
export function wantedPrefixes(component: SetComponent, policy: BranchPolicy): string[] {
  const { pin } = component;
  if (pin?.kind === 'commit') return [];
  if (pin !== undefined) return [`${pin.kind === 'branch' ? 'refs/heads/' : 'refs/tags/'}${pin.name}`];
  return branchesOf(component, policy).map(({ name }) => `refs/heads/${name}`);
}

/** The component's own policy, else the set's. */
function branchesOf({ branches }: SetComponent, policy: BranchPolicy): readonly Branch[] {
  return branches === undefined ? policy.branches : filled(branches, policy.variables ?? {});
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
