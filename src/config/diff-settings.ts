/** Which effective settings differ between two bundles, and where the new value was typed. */
import type { SourceRange } from '../kernel/diagnostic.ts';
import { canonicalJson } from '../kernel/digest.ts';

export interface SettingChange {
  readonly setting: string;
  /** Undefined where it isn't set on that side. */
  readonly before: unknown;
  readonly after: unknown;
  /** In a settings.yaml; undefined where raw PHP sets it. */
  readonly at?: SourceRange;
}

type Settings = Readonly<Record<string, unknown>>;

/** By name. What only names the bundle itself (its path in a logo's address) does not count as a difference. */
export function diffSettings(
  before: { readonly hash: string; readonly settings: Settings },
  after: { readonly hash: string; readonly settings: Settings; readonly origins: ReadonlyMap<string, SourceRange> },
): SettingChange[] {
  const text = (value: unknown, hash: string): string =>
    value === undefined ? '' : canonicalJson(value).replaceAll(hash, 'BUNDLE');
  const names = new Set([...Object.keys(before.settings), ...Object.keys(after.settings)]);
  return [...names].sort().flatMap((setting): SettingChange[] => {
    const old = before.settings[setting];
    const now = after.settings[setting];
    if (text(old, before.hash) === text(now, after.hash)) return [];
    const at = after.origins.get(setting);
    return [{ setting, before: old, after: now, ...(at === undefined ? {} : { at }) }];
  });
}
