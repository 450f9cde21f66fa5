/** `mwpipe image`: what is in an image, what differs between two, and whether one is what its builder signed. */
import { resolve } from 'node:path';
import { Command } from 'commander';
import type { ImageDiff, InspectedImage, InspectEvent, VerifiedImage } from '../build/index.ts';
import type { ImagePlace } from '../composition/image.ts';
import { imagePullCommand } from './image-pull.ts';
import { imageLine, showImage, showImageDiff, showVerifiedImage } from './render/image.ts';
import { maySee, type GlobalFlags, type MakeCommand, type RunCommand, type Tools } from './run.ts';

interface VerifyFlags extends GlobalFlags {
  readonly key: string;
}

const IMAGE = 'a tag or ID of the engine, a digest, or oci:DIR[:NAME]';
const REVEAL = 'of a private image, which components are patched, on a terminal alone; "force" elsewhere too';

export const imageCommand: MakeCommand = (run) =>
  new Command('image')
    .description('look into images: what is in them, where it is from')
    .addCommand(inspectCommand(run))
    .addCommand(diffCommand(run))
    .addCommand(verifyCommand(run))
    .addCommand(imagePullCommand(run));

function inspectCommand(run: RunCommand): Command {
  return new Command('inspect')
    .description('the components of an image by commit, its layers and their bytes')
    .argument('<image>', IMAGE)
    .option('--reveal [how]', REVEAL)
    .addHelpText('after', '\nExample:\n  $ mwpipe image inspect oci:images:wmf.16')
    .action((image: string, _flags: unknown, command: Command) => {
      const flags = command.optsWithGlobals<GlobalFlags>();
      return run<InspectEvent, InspectedImage>({
        flags,
        line: imageLine,
        verb: async (tools) =>
          (await import('../composition/image.ts')).inspectIn(placeOf(tools), image, tools.context),
        show: (inspected) => showImage(inspected, { reveal: maySee(flags) }),
      });
    });
}

function diffCommand(run: RunCommand): Command {
  return new Command('diff')
    .description('what differs between two images, and what a machine with the first pulls for the second')
    .argument('<a>', IMAGE)
    .argument('<b>', 'the same')
    .option('--reveal [how]', REVEAL)
    .addHelpText('after', '\nExample:\n  $ mwpipe image diff oci:images:wmf.15 oci:images:wmf.16')
    .action((a: string, b: string, ...[, command]: [unknown, Command]) => {
      const flags = command.optsWithGlobals<GlobalFlags>();
      return run<InspectEvent, ImageDiff>({
        flags,
        line: imageLine,
        verb: async (tools) => (await import('../composition/image.ts')).diffIn(placeOf(tools), [a, b], tools.context),
        show: (diff) => showImageDiff(diff, { reveal: maySee(flags) }),
      });
    });
}

function verifyCommand(run: RunCommand): Command {
  return new Command('verify')
    .description('check signature, SBOM and every layer of an image; fails (1) where one is wrong')
    .argument('<image>', 'oci:DIR[:NAME]')
    .requiredOption('--key <file>', 'the public key, PEM: Ed25519 or ECDSA P-256')
    .addHelpText('after', '\nExample:\n  $ mwpipe image verify oci:images:wmf.16 --key mwpipe.pub')
    .action((image: string, _flags: unknown, command: Command) => {
      const flags = command.optsWithGlobals<VerifyFlags>();
      return run<InspectEvent, VerifiedImage>({
        flags,
        line: imageLine,
        verb: async (tools) => {
          const { verifyIn } = await import('../composition/image.ts');
          return verifyIn(placeOf(tools), { image, keyFile: resolve(tools.cwd, flags.key) }, tools.context);
        },
        show: showVerifiedImage,
      });
    });
}

function placeOf({ cache, cwd }: Tools<InspectEvent>): ImagePlace {
  return { cache, from: cwd };
}
