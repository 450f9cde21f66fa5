/** Hooks by MediaWiki's naming. */

/** `EditPage::showEditForm:initial` is handled by `onEditPage__showEditForm_initial`; lower case, as PHP compares. */
export function hookMethod(hook: string): string {
  return `on${hook.replaceAll(/[:\\-]/g, '_')}`.toLowerCase();
}
