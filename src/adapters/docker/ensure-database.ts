/** A database for one more wiki: on MariaDB root makes it, inside its container; SQLite makes a file when it is asked. */
import type Docker from 'dockerode';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import { exec } from './exec.ts';
import { namesOf } from './names.ts';
import type { TargetSettings } from './target-specs.ts';

/** In a GRANT `_` stands for any letter. @see MariaDB, "GRANT", database privileges */
const statementsFor = (name: string): string => `CREATE DATABASE IF NOT EXISTS \`${name}\` CHARACTER SET binary;
GRANT ALL ON \`${name.replaceAll('_', String.raw`\_`)}\`.* TO 'wiki'@'%';
`;

/** @returns fails with `deploy/bad-database`, `deploy/no-database` */
export async function ensureDatabase(
  { docker, target }: { readonly docker: Docker; readonly target: TargetSettings },
  name: string,
  context: RunContext,
): Promise<Outcome<void>> {
  if (target.database === 'sqlite') return ok();
  if (!/^[a-z][a-z0-9_]{0,63}$/.test(name)) {
    return fail({ code: 'deploy/bad-database', message: `${name} is no name of a database`, exit: 'input' });
  }
  const container = namesOf(target.name).database;
  const made = await exec({ docker, container }, { argv: ['mariadb', '--batch'], stdin: statementsFor(name) }, context);
  if (made.ok && made.value.exitCode === 0) return ok();
  return fail({
    code: 'deploy/no-database',
    message: `the database ${name} could not be made: ${made.ok ? made.value.stderr.trim().slice(0, 300) : made.diagnostics[0].message}`,
    hint: 'mwpipe logs database',
    exit: 'outside',
  });
}
