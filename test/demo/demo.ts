/**
 * `npm run demo`: from repos to traffic on this machine, each step a command that you could type. Works a second time,
 * after Ctrl-C anywhere, and with its port taken. `--down` removes what it made, `--json` ends with one line of facts.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { messageOf } from '../../src/kernel/error.ts';
import { environment } from '../../src/cli/process.ts';
import { takeDown } from './down.ts';
import { play, type DemoFacts } from './play.ts';

const HELP = `Plays mwpipe's main job on real MediaWiki and this machine's Docker, and leaves the wiki running.

  npm run demo                    about 10 minutes the first time, 3 after that
  npm run demo -- --json          ends with one line of JSON
  npm run demo -- --seconds 120   how long the load goes on at least (default: 60)
  npm run demo -- --name two      another one beside it, with a target of that name
  npm run demo -- --down          removes containers, volumes, images and cached files that it made
  npm run demo -- --down --keep-cache   keeps ${join(environment.cache(), '')} so that the next start is quick
`;

const { values: flags } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    down: { type: 'boolean', default: false },
    'keep-cache': { type: 'boolean', default: false },
    name: { type: 'string', default: 'docker' },
    seconds: { type: 'string', default: '60' },
    yes: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
const place = { cache: environment.cache(), name: flags.name };
const interruption = new AbortController();
process.once('SIGINT', () => {
  process.stderr.write(
    '\nstopping; what is made is kept: npm run demo goes on from there, npm run demo -- --down removes it\n',
  );
  interruption.abort(new Error('interrupted'));
});

try {
  if (flags.help) process.stdout.write(HELP);
  else if (flags.down) await takeDown(place, { keepCache: flags['keep-cache'] });
  else await playAndReport();
} catch (thrown) {
  process.exitCode = interruption.signal.aborted ? 130 : 1;
  if (!interruption.signal.aborted) {
    process.stderr.write(`\nthe demo stopped: ${messageOf(thrown)}\nnpm run demo goes on from what is there\n`);
  }
}

async function playAndReport(): Promise<void> {
  const facts = await play({
    place,
    quiet: flags.json,
    seconds: Math.max(60, Number(flags.seconds)),
    signal: interruption.signal,
  });
  if (flags.json) process.stdout.write(`${JSON.stringify(asLine(facts))}\n`);
}

function asLine(facts: DemoFacts): Record<string, unknown> {
  return {
    steps: facts.steps,
    digests: facts.digests,
    selected: facts.selected,
    requests: facts.requests,
    lost: facts.lost,
    control_lost: facts.controlLost,
  };
}
