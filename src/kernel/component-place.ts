/** Where a component's files are below MediaWiki's folder: `extensions/Cite`; core's own path is '', since it is that folder. */

/** @param file below the component's folder */
export function placeOf(component: string, file: string): string {
  return component === '' ? file : `${component}/${file}`;
}

/** `Cite` of `extensions/Cite`. */
export function folderName(component: string): string {
  return component === '' ? 'core' : component.slice(component.lastIndexOf('/') + 1);
}
