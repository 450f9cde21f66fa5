/** What a docker target's objects are called and how they are labelled: the one place that knows. */

export interface TargetNames {
  readonly network: string;
  readonly lease: string;
  /** Of who moves the traffic. */
  readonly trafficLease: string;
  readonly home: string;
  readonly router: string;
  readonly database: string;
  readonly volumes: {
    readonly overlay: string;
    readonly home: string;
    readonly data: string;
    readonly secrets: string;
    readonly router: string;
    readonly database: string;
  };
  instance(slot: string, number: number): string;
}

/** @param target as in mwpipe.yaml */
export function namesOf(target: string): TargetNames {
  const prefix = `mwpipe-${target}`;
  return {
    network: prefix,
    lease: `${prefix}-lease`,
    trafficLease: `${prefix}-traffic-lease`,
    home: `${prefix}-home`,
    router: `${prefix}-router`,
    database: `${prefix}-database`,
    volumes: {
      overlay: `${prefix}-overlay`,
      home: `${prefix}-home`,
      data: `${prefix}-data`,
      secrets: `${prefix}-secrets`,
      router: `${prefix}-router`,
      database: `${prefix}-database`,
    },
    instance: (slot, number) => `${prefix}-${slot}-${String(number)}`,
  };
}

export type Role = 'router' | 'home' | 'database' | 'instance' | 'lease' | 'volume' | 'network' | 'run';

export function labelsOf(target: string, role: Role): Record<string, string> {
  return { 'mwpipe.target': target, 'mwpipe.role': role };
}

/** Everything of the target, and nothing else. */
export function targetFilter(target: string, role?: Role): { label: string[] } {
  return { label: [`mwpipe.target=${target}`, ...(role === undefined ? [] : [`mwpipe.role=${role}`])] };
}
