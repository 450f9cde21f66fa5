/** What happens while tests are planned, built for and run, as lines for people. */
import type { TestRunEvent } from '../composition/test.ts';
import { plainLine as buildLine } from './render/build.ts';
import type { Line } from './render/renderer.ts';
import { plainLine as resolveLine } from './render/resolve.ts';
import { plainLine } from './render/test.ts';

export function testLine(event: TestRunEvent): Line | undefined {
  if (event.code.startsWith('test/')) return plainLine(event as Extract<TestRunEvent, { code: `test/${string}` }>);
  if (event.code.startsWith('build/')) return buildLine(event as Extract<TestRunEvent, { code: `build/${string}` }>);
  return resolveLine(event as Extract<TestRunEvent, { code: `resolve/${string}` }>);
}
