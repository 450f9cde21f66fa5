/** `mwpipe config get`: what settings.yaml says of one setting, and why. */
import { Command } from 'commander';
import type { ConfigEvent, SettingAnswer } from '../config/index.ts';
import { ok, type Outcome } from '../kernel/outcome.ts';
import { bundleOf } from './config-target.ts';
import { plainLine } from './render/config.ts';
import { settingText } from './render/config-get.ts';
import type { GlobalFlags, RunCommand, Tools } from './run.ts';

interface GetFlags extends GlobalFlags {
  readonly to: string;
  readonly wiki?: string;
  readonly why?: boolean;
  readonly image?: string;
}

export function getCommand(run: RunCommand): Command {
  return new Command('get')
    .description('the value of a setting in settings.yaml, by wiki, and the lines that make it')
    .argument('<setting>', 'as wgSitename')
    .option('--to <target>', 'a target of mwpipe.yaml', 'docker')
    .option('--wiki <wiki>', 'of this wiki alone (default: every distinct value, and who has it)')
    .option('--why', 'each entry that took part, was beaten or replaced, and where it was typed')
    .option('--image <image>', 'with --wiki: also what PHP in this image makes of it in the end')
    .addHelpText('after', '\nExample:\n  $ mwpipe config get wgSitename --wiki dewiki --why')
    .action((setting: string, _flags: unknown, command: Command) => {
      const flags = command.optsWithGlobals<GetFlags>();
      return run({
        flags,
        line: plainLine,
        verb: (tools: Tools<ConfigEvent>) => get(setting, flags, tools),
        show: ({ answer, evaluated }) => ({
          text: `${settingText(answer, { why: flags.why === true })}${evaluated === undefined ? '' : `\n${evaluatedText(evaluated, flags)}`}`,
          json: evaluated === undefined ? answer : { ...answer, evaluated },
        }),
      });
    });
}

interface Got {
  readonly answer: SettingAnswer;
  /** What the setting is after all PHP; `value` is undefined where it isn't set. */
  readonly evaluated?: { readonly value: unknown };
}

function evaluatedText({ value }: { readonly value: unknown }, { image = '', wiki = '' }: GetFlags): string {
  return `in image ${image}, after PHP, ${wiki} has: ${value === undefined ? 'not set' : JSON.stringify(value)}`;
}

async function get(setting: string, flags: GetFlags, tools: Tools<ConfigEvent>): Promise<Outcome<Got>> {
  const workspace = await tools.workspace();
  if (!workspace.ok) return workspace;
  const { overlaysOf } = await import('../composition/config.ts');
  const { readSetting } = await import('../config/index.ts');
  const overlays = overlaysOf(workspace.value, flags.to);
  if (!overlays.ok) return overlays;
  const wiki = flags.wiki === undefined ? {} : { wiki: flags.wiki };
  const answer = await readSetting({ root: workspace.value.root, overlays: overlays.value }, { setting, ...wiki });
  if (!answer.ok) return answer;
  if (flags.image === undefined || flags.wiki === undefined) return ok({ answer: answer.value });
  const value = await evaluated(setting, { ...flags, image: flags.image, wiki: flags.wiki }, tools);
  return value.ok ? ok({ answer: answer.value, evaluated: { value: value.value } }) : value;
}

async function evaluated(
  setting: string,
  flags: GetFlags & { readonly image: string; readonly wiki: string },
  tools: Tools<ConfigEvent>,
): Promise<Outcome<unknown>> {
  const bundle = await bundleOf(flags, tools);
  if (!bundle.ok) return bundle;
  const { configRunner } = await import('../composition/config.ts');
  const { effectiveValue, evaluateBundle } = await import('../config/index.ts');
  const wish = { bundle: bundle.value, image: flags.image, wikis: [flags.wiki] };
  const made = await evaluateBundle(wish, { runner: await configRunner(), cache: tools.cache }, tools.context);
  return made.ok ? ok(effectiveValue(made.value.effective, setting, flags.wiki)) : made;
}
