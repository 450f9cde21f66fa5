/** The containers of a docker target, as data: what runs, what it may see, what it is told. */
import type { SlotRelease } from '../../deploy/ports.ts';
import type { ContainerSpec } from './ensure-container.ts';
import { HOME_FOLDER } from './home.ts';
import { labelsOf, namesOf } from './names.ts';
import { DATABASE_ENTRY, ROUTER_ENTRY } from './target-scripts.ts';

export interface TargetSettings {
  readonly name: string;
  /** At 127.0.0.1. */
  readonly port: number;
  readonly database: 'sqlite' | 'mariadb';
}

/** Runtimes of what isn't a release, by image ID. */
export interface FoundationImages {
  readonly home: string;
  readonly router: string;
  readonly database: string;
}

const SECRETS_FOLDER = '/run/secrets/mwpipe';
const DATABASE_NAME = 'wiki';
const DATABASE_USER = 'wiki';
/** Longer than the longest request (images/common/fpm-pool.conf). */
export const DRAIN_SECONDS = 120;

export function homeSpec({ name }: TargetSettings, image: string): ContainerSpec {
  const { home, network, volumes } = namesOf(name);
  return {
    name: home,
    image,
    labels: labelsOf(name, 'home'),
    entrypoint: ['sleep', 'infinity'],
    command: [],
    network,
    stopSeconds: 0,
    volumes: [
      { name: volumes.home, at: HOME_FOLDER },
      { name: volumes.overlay, at: '/srv/overlay' },
      { name: volumes.secrets, at: SECRETS_FOLDER },
      { name: volumes.router, at: '/srv/router' },
    ],
  };
}

export function routerSpec({ name, port }: TargetSettings, image: string): ContainerSpec {
  const { router, network, volumes } = namesOf(name);
  return {
    name: router,
    image,
    labels: labelsOf(name, 'router'),
    entrypoint: ['sh', '-c'],
    command: [ROUTER_ENTRY],
    network,
    volumes: [{ name: volumes.router, at: '/srv/router' }],
    port: { inside: 8080, outside: port },
    keepRunning: true,
  };
}

export function databaseSpec({ name }: TargetSettings, image: string): ContainerSpec {
  const { database, network, volumes } = namesOf(name);
  return {
    name: database,
    image,
    labels: labelsOf(name, 'database'),
    entrypoint: ['sh', '-c'],
    command: [DATABASE_ENTRY],
    network,
    stopSeconds: 60,
    volumes: [
      { name: volumes.database, at: '/var/lib/mysql' },
      { name: volumes.secrets, at: SECRETS_FOLDER, readOnly: true },
    ],
    keepRunning: true,
  };
}

export function instanceSpec(target: TargetSettings, wanted: SlotRelease, number: number): ContainerSpec {
  const names = namesOf(target.name);
  return {
    name: names.instance(wanted.slot, number),
    image: wanted.image,
    labels: {
      ...labelsOf(target.name, 'instance'),
      'mwpipe.slot': wanted.slot,
      'mwpipe.release': String(wanted.release),
    },
    env: { ...releaseEnvironment(target, wanted), MWPIPE_INSTANCE: names.instance(wanted.slot, number) },
    network: names.network,
    stopSeconds: DRAIN_SECONDS,
    volumes: releaseVolumes(target.name),
  };
}

/** What a release is told about the place where it runs; secrets come as files. */
export function releaseEnvironment(target: TargetSettings, wanted: SlotRelease): Record<string, string> {
  const mariadb = {
    MWPIPE_DB_SERVER: namesOf(target.name).database,
    MWPIPE_DB_USER: DATABASE_USER,
  };
  return {
    MWPIPE_SLOT: wanted.slot,
    MWPIPE_RELEASE: String(wanted.release),
    MWPIPE_SERVER: `http://localhost:${target.port}`,
    MWPIPE_DB_TYPE: target.database === 'mariadb' ? 'mysql' : 'sqlite',
    MWPIPE_DB_NAME: DATABASE_NAME,
    ...(target.database === 'mariadb' ? mariadb : {}),
  };
}

export function releaseVolumes(target: string): { name: string; at: string; readOnly: boolean }[] {
  const { volumes } = namesOf(target);
  return [
    { name: volumes.overlay, at: '/srv/overlay', readOnly: true },
    { name: volumes.data, at: '/srv/data', readOnly: false },
    { name: volumes.secrets, at: SECRETS_FOLDER, readOnly: true },
  ];
}
