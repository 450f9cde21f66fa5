/** What `git log -z` prints in our format, as commits. */
import type { HistoryCommit } from '../../resolve/ports.ts';

/** A line each: id, author, time, subject, Change-Id, bugs. */
export const LOG_FORMAT = [
  ...['%H', '%an', '%at', '%s'],
  ...['Change-Id', 'Bug'].map((key) => `%(trailers:key=${key},valueonly,unfold,separator=%x20)`),
].join('%n');

export function parseLog(text: string): HistoryCommit[] {
  return text
    .split('\0')
    .filter((record) => record !== '')
    .map((record) => {
      const [id = '', author = '', time = '', subject = '', change = '', bug = ''] = record.split('\n');
      const changeId = /\bI[0-9a-f]{40}\b/.exec(change)?.[0];
      const bugs = [...new Set(bug.match(/\bT\d+\b/g))];
      return { id, subject, author, authoredAt: Number(time), ...(changeId === undefined ? {} : { changeId }), bugs };
    });
}
