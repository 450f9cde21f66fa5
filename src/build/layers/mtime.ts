/**
 * A file's time, from its content's id: within 1980-2019. One constant would make nginx's ETags collide for files of
 * one size, and opcache never caches a file with time 0, nor one written just now.
 */
/** 1980-01-01, which folders and whiteouts get too. */
export const EARLIEST = 315_532_800;
const SPAN = 1_577_836_800 - EARLIEST;

/** @param id hexadecimal: a blob's object id, or a digest without its prefix */
export function mtimeOf(id: string): number {
  return EARLIEST + (Number.parseInt(id.slice(0, 12), 16) % SPAN);
}
