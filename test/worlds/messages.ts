/** Core and extensions with messages, small enough for a test to see every file: en, de, de-at (through de), fr. */
import type { LockedComponent, Lockfile } from '../../src/resolve/index.ts';
import { fakeGit, lockOf, type FakeGit } from './fakes/git-objects.ts';

export interface MessageWorld {
  readonly git: FakeGit;
  readonly lock: Lockfile;
  /** The same with files of one component changed; undefined removes one. */
  change(name: string, files: Readonly<Record<string, string | undefined>>): Lockfile;
  /** The same as a patch on top. */
  patch(name: string, files: Readonly<Record<string, string | undefined>>): Lockfile;
  add(component: string, files: Readonly<Record<string, string>>): Lockfile;
}

const CORE = {
  'includes/Hooks.php': '<?php // hooks',
  'includes/language/LocalisationCache.php': '<?php // cache',
  'includes/languages/data/Names.php':
    "<?php class Names { public const NAMES = [\n\t'de' => 'Deutsch',\n\t'de-at' => 'Österreichisches Deutsch',\n\t'en' => 'English',\n\t'en-x-piglatin' => 'Igpay',\n\t'fr' => 'français',\n\t'xx' => 'no file',\n]; }",
  'languages/i18n/de-at.json': '{"hi": "Servus"}',
  'languages/i18n/de.json': '{"hi": "Hallo"}',
  'languages/i18n/en.json': '{"hi": "Hello"}',
  'languages/i18n/fr.json': '{"hi": "Bonjour"}',
  'languages/messages/MessagesDe.php': '<?php $fallback8bitEncoding = 1;',
  'languages/messages/MessagesDe_at.php': "<?php\n$fallback = 'de';\n",
  'languages/messages/MessagesEn.php': '<?php $fallback = false;',
  'tests/phpunit/data/i18n/en.json': '{}',
};
const CITE = {
  'Cite.alias.php': '<?php $specialPageAliases = [];',
  'extension.json':
    '{"name":"Cite","MessagesDirs":{"Cite":["i18n"]},"ExtensionMessagesFiles":{"CiteAlias":"Cite.alias.php"}}',
  'i18n/de.json': '{"cite": "Zitat"}',
  'i18n/en.json': '{"cite": "Citation"}',
  'i18n/fr.json': '{"cite": "Citation"}',
  'src/Cite.php': '<?php',
};
const POEM = { 'extension.json': '{"name":"Poem"}', 'i18n/en.json': '{"poem": "Poem"}' };
const VENDOR = { 'autoload.php': '<?php', 'wikimedia/cdb/src/Writer.php': '<?php' };

export function messageWorld(): MessageWorld {
  const git = fakeGit();
  const files: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    core: CORE,
    vendor: VENDOR,
    Cite: CITE,
    Poem: POEM,
  };
  const components = Object.entries(files).map(([name, own]) => git.component(name, own));
  const merged = (name: string, changes: Readonly<Record<string, string | undefined>>): Record<string, string> => {
    const all = Object.entries({ ...files[name], ...changes });
    return Object.fromEntries(all.flatMap(([path, text]) => (text === undefined ? [] : [[path, text] as const])));
  };
  const replaced = (name: string, make: (one: LockedComponent) => LockedComponent): Lockfile =>
    lockOf(...components.map((one) => (one.name === name ? make(one) : one)));
  return {
    git,
    lock: lockOf(...components),
    change: (name, changes) => replaced(name, () => git.component(name, merged(name, changes))),
    patch: (name, changes) =>
      replaced(name, (one) => {
        return { ...one, patch: { tree: git.tree(merged(name, changes)), from: '/home/x', because: 'a fix' } };
      }),
    add: (name, own) => lockOf(...components, git.component(name, own)),
  };
}
