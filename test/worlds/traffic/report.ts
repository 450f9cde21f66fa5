/** What a load run saw, one outcome for each intended request, and what of it counts as lost. */

export interface TrafficOutcome {
  readonly kind: 'page' | 'asset' | 'api' | 'edit';
  /** Undefined where no complete answer came. */
  readonly status?: number;
  /** X-Mwpipe-Release of the answer; undefined where the router answered by itself. */
  readonly release?: string;
  /** From the moment when it was due, not from when it was sent: a stalled sender hides nothing (wrk2's point). */
  readonly latencyMs: number;
  readonly error?: string;
}

export interface EditFacts {
  readonly sent: number;
  readonly acknowledged: number;
  /** Acknowledged, and not in the page's history. */
  readonly missing: number;
}

export interface TrafficReport {
  readonly requests: number;
  readonly answered: number;
  readonly edits: EditFacts;
  /** Answers by release and status: `{"3": {"200": 512, "500": 4}}`; `router` where no release made them. */
  readonly answers: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** The reasons of requests without a complete answer. */
  readonly errors: Readonly<Record<string, number>>;
  readonly latencyMs: { readonly p50: number; readonly p95: number; readonly p99: number; readonly max: number };
  readonly seconds: number;
  /** Share of all cores that was busy. */
  readonly cpu: number;
}

export function reportOf(
  outcomes: readonly TrafficOutcome[],
  facts: { readonly edits: EditFacts; readonly seconds: number; readonly cpu: number },
): TrafficReport {
  const answers: Record<string, Record<string, number>> = {};
  const errors: Record<string, number> = {};
  for (const { status, release, error } of outcomes) {
    if (status === undefined) add(errors, error ?? 'unknown');
    else add((answers[release ?? 'router'] ??= {}), String(status));
  }
  const latencies = outcomes.map(({ latencyMs }) => latencyMs).sort((a, b) => a - b);
  const quantile = (q: number): number =>
    Math.round(latencies[Math.min(latencies.length - 1, Math.floor(q * latencies.length))] ?? 0);
  return {
    requests: outcomes.length,
    answered: outcomes.filter(({ status }) => status !== undefined).length,
    answers,
    errors,
    latencyMs: { p50: quantile(0.5), p95: quantile(0.95), p99: quantile(0.99), max: Math.round(latencies.at(-1) ?? 0) },
    ...facts,
  };
}

/**
 * Lost: no complete answer, a 5xx that the release under test didn't make itself, or an acknowledged edit that isn't
 * in the history.
 */
export function lostOf(report: TrafficReport, releaseUnderTest?: string): number {
  const broken = Object.entries(report.answers)
    .filter(([release]) => release !== releaseUnderTest)
    .flatMap(([, statuses]) => Object.entries(statuses))
    .filter(([status]) => Number(status) >= 500)
    .reduce((sum, [, count]) => sum + count, 0);
  return report.requests - report.answered + broken + report.edits.missing;
}

function add(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}
