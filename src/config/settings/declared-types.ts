/** Types of settings that an overlay declares itself, and whether the values in settings.yaml are of them. */
import { z } from 'zod';
import type { Diagnostic } from '../../kernel/diagnostic.ts';
import { isPhpArray, type PhpValue } from './php-value.ts';
import { isSecret } from './secret-reference.ts';
import type { SettingsTable } from './settings-table.ts';

export const settingType = z.enum(['boolean', 'integer', 'number', 'text', 'list', 'map', 'any']);
export type SettingType = z.output<typeof settingType>;

/** Of what settings.yaml gives; `null`, which is no value, fits all. */
export function wrongTypes(table: SettingsTable, declared: ReadonlyMap<string, SettingType>): Diagnostic[] {
  return [...table].flatMap(([setting, entries]) => {
    const type = declared.get(setting.replace('+', ''));
    if (type === undefined) return [];
    return [...entries].flatMap(([key, { value, at }]): Diagnostic[] => {
      if (fits(value, type)) return [];
      const message = `${setting} is declared as ${type}, and this is ${typeName(value)}`;
      return [
        {
          code: 'config/wrong-type',
          message,
          hint: `change the value of ${key}, or declares in the overlay`,
          at: at(),
        },
      ];
    });
  });
}

function fits(value: PhpValue, type: SettingType): boolean {
  if (value === null || type === 'any') return true;
  // An empty array is either.
  if (
    isPhpArray(value) &&
    (Array.isArray(value) ? value.length === 0 : (value as ReadonlyMap<string, PhpValue>).size === 0)
  ) {
    return type === 'list' || type === 'map';
  }
  const own = typeName(value);
  return own === type || (own === 'integer' && type === 'number');
}

function typeName(value: PhpValue): SettingType {
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  if (typeof value === 'string' || isSecret(value)) return 'text';
  return Array.isArray(value) ? 'list' : 'map';
}
