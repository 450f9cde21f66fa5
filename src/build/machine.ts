/** This machine in the words of image configurations and indexes. */
import { arch } from 'node:os';

const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' };

export function machineArchitecture(): string {
  return ARCHITECTURES[arch()] ?? arch();
}

/** `linux/amd64` */
export function machinePlatform(): string {
  return `linux/${machineArchitecture()}`;
}
