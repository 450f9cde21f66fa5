/**
 * The files of a generated repo, as text by path: PHP that imports what phan is told, tests that skip without their
 * extras, hooks and services towards what it requires. Pure: the same repo, the same bytes.
 */
import { hooksOf, manifestFiles, type Lookup } from './manifest-files.ts';
import { namespaceOf, wordOf, type ProductionRepo } from './repos.ts';

export type RepoFiles = Readonly<Record<string, string>>;

export function repoFiles(repo: ProductionRepo, lookup: Lookup): RepoFiles {
  const word = wordOf(repo.name);
  const key = word.toLowerCase();
  return {
    ...manifestFiles(repo, lookup),
    '.gitreview': `[gerrit]\nhost=gerrit.wikimedia.org\nport=29418\nproject=${repo.path}.git\ndefaultbranch=master\n`,
    '.phan/config.php': phanConfig(repo, lookup),
    'README.md': `# ${word}\n\nGenerated: it has the name and the dependencies of ${repo.path}, and none of its code.\n`,
    'i18n/en.json': messages({ [`${key}-desc`]: `What ${word} is for`, [`${key}-saved`]: 'Saved.' }),
    'i18n/qqq.json': messages({ [`${key}-desc`]: '{{Desc}}', [`${key}-saved`]: 'Shown when a page was saved' }),
    'i18n/de.json': messages({ [`${key}-desc`]: `Wozu ${word} da ist`, [`${key}-saved`]: 'Gespeichert.' }),
    'src/Hooks.php': hooks(repo, lookup),
    [`src/Hook/${word}SavedHook.php`]: hookInterface(repo),
    'src/ServiceWiring.php': serviceWiring(repo),
    [`src/${word}Store.php`]: store(repo, lookup, 1),
    'tests/phpunit/unit/StoreTest.php': unitTest(repo),
    ...(repo.extras.length === 0 ? {} : { 'tests/phpunit/integration/ExtrasTest.php': extrasTest(repo, lookup) }),
  };
}

/** What a later week changes: a message, and the class that others import. */
export function laterFiles(repo: ProductionRepo, lookup: Lookup, week: number): RepoFiles {
  const word = wordOf(repo.name);
  const key = word.toLowerCase();
  return {
    'i18n/en.json': messages({ [`${key}-desc`]: `What ${word} is for`, [`${key}-saved`]: `Saved (week ${week}).` }),
    [`src/${word}Store.php`]: store(repo, lookup, week),
  };
}

function messages(texts: Readonly<Record<string, string>>): string {
  return `${JSON.stringify({ '@metadata': { authors: [] }, ...texts }, undefined, '\t')}\n`;
}

function phanConfig(repo: ProductionRepo, lookup: Lookup): string {
  const folders = repo.phan.map((name) => `'../../${lookup(name).path.replace(/^mediawiki\//, '')}',\n`);
  return `<?php

$cfg = require __DIR__ . '/../vendor/mediawiki/mediawiki-phan-config/src/config.php';
$cfg['directory_list'] = array_merge( $cfg['directory_list'], [
${folders.map((line) => `\t${line}`).join('')}] );
$cfg['exclude_analysis_directory_list'] = array_merge( $cfg['exclude_analysis_directory_list'], [
${folders.map((line) => `\t${line}`).join('')}] );
return $cfg;
`;
}

function php(namespace: string, uses: readonly string[], body: string): string {
  const imports = uses.toSorted().map((name) => `use ${name};\n`);
  return `<?php\n\nnamespace ${namespace};\n\n${imports.length === 0 ? '' : `${imports.join('')}\n`}${body}`;
}

/** `Echo` and `EchoStore` may be two repos' classes of one short name: each gets its repo's word. */
const importOf = ({ name, class: imported }: ProductionRepo): string => `${imported} as From${wordOf(name)}`;

function store(repo: ProductionRepo, lookup: Lookup, week: number): string {
  const word = wordOf(repo.name);
  const others = repo.phan.map(lookup);
  const methods = others.map(
    ({ name }) => `\tpublic function takes${wordOf(name)}( From${wordOf(name)} $other ): void {\n\t}\n`,
  );
  const body = `class ${word}Store {\n\tpublic const WEEK = ${week};\n\n${methods.join('\n')}}\n`;
  return php(namespaceOf(repo.name), others.map(importOf), body);
}

function hooks(repo: ProductionRepo, lookup: Lookup): string {
  const word = wordOf(repo.name);
  const names = hooksOf(repo, lookup);
  const interfaces = repo.hard.map(lookup).filter(({ real }) => !real);
  const uses = [
    'MediaWiki\\Output\\Hook\\BeforePageDisplayHook',
    'MediaWiki\\Registration\\ExtensionRegistry',
    ...interfaces.map(({ name }) => `${namespaceOf(name)}\\Hook\\${wordOf(name)}SavedHook`),
  ];
  const checks = repo.extras.map(
    (name) => `\t\tif ( $registry->isLoaded( '${lookup(name).registered}' ) ) {\n\t\t\t$seen[] = '${name}';\n\t\t}\n`,
  );
  const loaded = `\tpublic function seen( ExtensionRegistry $registry ): array {\n\t\t$seen = [];\n${checks.join('')}\t\treturn $seen;\n\t}\n`;
  const methods = names.map((name) =>
    name === 'BeforePageDisplay'
      ? `\tpublic function onBeforePageDisplay( $out, $skin ): void {\n\t\t$out->addModules( 'ext.${word.toLowerCase()}' );\n\t}\n`
      : `\tpublic function on${name}( int $page ): void {\n\t}\n`,
  );
  const implemented = names.map((name) => `${name}Hook`).join(', ');
  return php(
    namespaceOf(repo.name),
    uses,
    `class Hooks implements ${implemented} {\n${[...methods, loaded].join('\n')}}\n`,
  );
}

function hookInterface(repo: ProductionRepo): string {
  const word = wordOf(repo.name);
  const body = `interface ${word}SavedHook {\n\tpublic function on${word}Saved( int $page ): void;\n}\n`;
  return php(`${namespaceOf(repo.name)}\\Hook`, [], body);
}

function serviceWiring(repo: ProductionRepo): string {
  const word = wordOf(repo.name);
  const made = `'${word}.Store' => static fn ( MediaWikiServices $services ) => new ${word}Store(),`;
  return php(namespaceOf(repo.name), ['MediaWiki\\MediaWikiServices'], `return [\n\t${made}\n];\n`);
}

function unitTest(repo: ProductionRepo): string {
  const word = wordOf(repo.name);
  const tested = `${namespaceOf(repo.name)}\\${word}Store`;
  const method = `\tpublic function testKnowsItsWeek(): void {\n\t\t$this->assertGreaterThan( 0, ${word}Store::WEEK );\n\t}\n`;
  const body = `/**\n * @covers \\${tested}\n */\nclass StoreTest extends \\MediaWikiUnitTestCase {\n${method}}\n`;
  return php(`${namespaceOf(repo.name)}\\Tests\\Unit`, [tested], body);
}

function extrasTest(repo: ProductionRepo, lookup: Lookup): string {
  const methods = repo.extras.map((name) => {
    const skipped = `$this->markTestSkippedIfExtensionNotLoaded( '${lookup(name).registered}' );`;
    return `\tpublic function testWith${wordOf(name)}(): void {\n\t\t${skipped}\n\t\t$this->assertTrue( true );\n\t}\n`;
  });
  const body = `/**\n * @coversNothing\n */\nclass ExtrasTest extends \\MediaWikiIntegrationTestCase {\n${methods.join('\n')}}\n`;
  return php(`${namespaceOf(repo.name)}\\Tests\\Integration`, [], body);
}
