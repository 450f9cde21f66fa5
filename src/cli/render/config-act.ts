/** An act on config, where it is told beside something else. */
import type { PastAct } from '../../config/index.ts';
import { short } from '../../kernel/digest.ts';

/** `config 5be1a0b2c3d4 was pushed at 20:01:05 by ada (commit 3f2c1a9d0b1e)` */
export function configActText({ act, bundle, at, who, commit }: PastAct): string {
  const verb =
    act === 'config/rollback' ? 'was rolled back to' : act === 'config/canary' ? 'got canaries' : 'was pushed';
  const by = who === undefined ? '' : ` by ${who}`;
  const from = commit === undefined ? '' : ` (commit ${commit.slice(0, 12)})`;
  return `config ${short(bundle)} ${verb} at ${at.slice(11, 19)}${by}${from}`;
}
