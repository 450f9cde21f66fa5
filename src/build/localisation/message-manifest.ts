/** What an extension.json or skin.json says about messages: its other lines change no language. */
import { z } from 'zod';
import { digestOf, type Digest } from '../../kernel/digest.ts';
import type { GitObjects } from '../../resolve/index.ts';

export interface MessageManifest {
  /** Of what it says about messages. */
  readonly digest: Digest;
  /** Folders of messages, in the tree. */
  readonly folders: readonly string[];
  /** PHP files of aliases, magic words and namespaces, in the tree. */
  readonly files: readonly string[];
  /** Its code changes messages while they are made. */
  readonly hooks: boolean;
}

const text = z.string();
const texts = z.union([text.transform((one) => [one]), z.array(text)]);
const manifestSchema = z.object({
  name: text.optional(),
  MessagesDirs: z.record(text, texts).optional().catch(undefined),
  TranslationAliasesDirs: z.record(text, texts).optional().catch(undefined),
  ExtensionMessagesFiles: z.record(text, text).optional().catch(undefined),
  Hooks: z.record(text, z.unknown()).optional().catch(undefined),
  callback: z.unknown().optional(),
});

/** One that can't be read counts whole: MediaWiki will say what is wrong with it. */
export async function readManifest(
  tree: { readonly url: string; readonly tree: string },
  { path, objects }: { readonly path: string; readonly objects: GitObjects },
): Promise<MessageManifest> {
  const data = await objects.file({ url: tree.url, id: tree.tree }, path);
  const whole = data?.toString('utf8') ?? '';
  const read = manifestSchema.safeParse(jsonIn(whole));
  if (!read.success) return { digest: digestOf(whole), folders: [], files: [], hooks: true };
  const { Hooks = {}, ...said } = read.data;
  const hooks = Object.keys(Hooks).filter((name) => name.startsWith('LocalisationCache'));
  const below = path.slice(0, path.lastIndexOf('/') + 1);
  const dirs = [said.MessagesDirs, said.TranslationAliasesDirs].flatMap((one) => Object.values(one ?? {}).flat());
  return {
    digest: digestOf(JSON.stringify({ ...said, hooks })), // in its own order: of two texts of a message the first wins
    folders: dirs.map((dir) => inside(below, dir)),
    files: Object.values(said.ExtensionMessagesFiles ?? {}).map((file) => inside(below, file)),
    hooks: hooks.length > 0,
  };
}

function inside(below: string, path: string): string {
  return `${below}${path.replace(/^\.\//, '').replace(/\/+$/, '')}`;
}

function jsonIn(whole: string): unknown {
  try {
    return JSON.parse(whole) as unknown;
  } catch {
    return undefined;
  }
}
