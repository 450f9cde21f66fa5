/** `mwpipe image`: images that are built already. */
import { Command } from 'commander';
import { imagePullCommand } from './image-pull.ts';
import type { MakeCommand } from './run.ts';

export const imageCommand: MakeCommand = (run) =>
  new Command('image').description('take images from registries').addCommand(imagePullCommand(run));
