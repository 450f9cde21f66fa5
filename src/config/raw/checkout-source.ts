/** Where a checkout's files are: a folder as it is, or what a commit of its repo has, as a folder of the cache. */
import { realpath } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { quote, type Diagnostic, type SourceRange } from '../../kernel/diagnostic.ts';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import { readYaml, type YamlDocument } from '../../kernel/yaml-document.ts';
import type { CommitWish, OverlaysAt } from '../git-ports.ts';
import {
  OVERLAY_FILE,
  OVERLAYS_FOLDER,
  overlaySchema,
  type OverlayDocument,
  type OverlayName,
  type Unwritten,
} from '../overlay/overlay.ts';

/** What reading commits of checkouts takes. */
export interface CheckoutSource {
  /** As ConfigGit.overlaysAt has it. */
  readonly at: (wish: CommitWish) => Promise<Outcome<OverlaysAt>>;
  /** A commit of the checkout's repo, instead of what the overlay says. */
  readonly commit?: string;
  /** The workspace, where the overlays come from a commit of it: a checkout beside it is found from there. */
  readonly workspace?: string;
}

/** What is read in place of, and besides, the work tree. */
export interface Reading {
  readonly unwritten?: Unwritten;
  readonly source?: CheckoutSource;
}

/** The overlay's folder, and the root whose `config-overlays/` it is in. */
export interface OverlayPlace {
  readonly folder: string;
  readonly root: string;
}

export interface CheckoutFolder {
  readonly root: string;
  /** Undefined: a work tree, as it is. */
  readonly commit?: OverlaysAt;
}

type Said = YamlDocument<OverlayDocument>;

/** @param paths what is read of it @returns fails with `config/raw-no-checkout`, `git/*`, `config/not-in-commit` */
export async function checkoutFolder(
  { place, paths }: { readonly place: OverlayPlace; readonly paths: readonly string[] },
  document: Said,
  source: CheckoutSource | undefined,
): Promise<Outcome<CheckoutFolder>> {
  const root = await realpath(whereItIs(place, document, source)).catch(() => undefined);
  if (root === undefined) return fail(noCheckout(document));
  const commit = source?.commit ?? document.value.ref;
  if (commit === undefined) return ok({ root });
  if (source === undefined) return fail(noCommits(document));
  const found = await source.at({ root, paths, commit, submodules: 'left-out' });
  if (found.ok) return ok({ root: found.value.root, commit: found.value });
  return source.commit === undefined ? pointedAt(found, document.at(['ref'])) : found;
}

/** How these overlays read a checkout that is outside of `root`, if they do: its commits are another repo's. */
export async function checkoutBeside(
  root: string,
  overlays: readonly OverlayName[],
): Promise<'work-tree' | 'commit' | undefined> {
  const [only, ...others] = overlays;
  if (only === undefined || others.length > 0) return undefined;
  const folder = join(root, OVERLAYS_FOLDER, only.name);
  const document = await readYaml(join(folder, OVERLAY_FILE), overlaySchema);
  if (!document.ok || document.value.value.layout === undefined) return undefined;
  const { from = '.', ref } = document.value.value;
  if (isBelow(resolve(folder, from), root)) return undefined;
  return ref === undefined ? 'work-tree' : 'commit';
}

function isBelow(path: string, root: string): boolean {
  return path === root || path.startsWith(root + sep);
}

function whereItIs({ folder, root }: OverlayPlace, { value: { from = '.' } }: Said, source?: CheckoutSource): string {
  const here = resolve(folder, from);
  if (source?.workspace === undefined || isBelow(here, root)) return here;
  return resolve(source.workspace, relative(root, folder), from);
}

/** Git says what there is not, the overlay's file where it was asked for. */
function pointedAt(outcome: Extract<Outcome<never>, { ok: false }>, at: SourceRange): Outcome<never> {
  const [first, ...others] = outcome.diagnostics.map((diagnostic) => ({ at, ...diagnostic }));
  return first === undefined ? outcome : fail(first, ...others);
}

function noCheckout(document: Said): Diagnostic {
  return {
    code: 'config/raw-no-checkout',
    message: `there is nothing at ${quote(document.value.from ?? '.')}`,
    hint: 'clone the repo there, or correct the path: it is relative to this file',
    at: document.at(['from']),
  };
}

function noCommits(document: Said): Diagnostic {
  return {
    code: 'config/raw-no-checkout',
    message: `this reads no commits, and the checkout is at ${quote(document.value.ref ?? '')}`,
    hint: 'mwpipe config check and mwpipe config diff do',
    at: document.at(['ref']),
  };
}
