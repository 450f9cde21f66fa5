/** What happens while images go to registries and come from them, as data. */
export type PublishEvent =
  /** What a push is going to do, before any byte leaves. */
  | {
      readonly code: 'build/push-planned';
      readonly registry: string;
      readonly repository: string;
      readonly blobs: number;
      readonly thereBytes: number;
      readonly mountBytes: number;
      readonly sendBytes: number;
    }
  | {
      readonly code: 'build/push-progress';
      readonly registry: string;
      readonly sentBytes: number;
      readonly totalBytes: number;
    }
  /** A connection broke; the registry has this many bytes of the blob, the rest follows. */
  | {
      readonly code: 'build/push-resumed';
      readonly registry: string;
      readonly digest: string;
      readonly fromBytes: number;
      readonly because: string;
    }
  | {
      readonly code: 'build/pushed';
      readonly registry: string;
      readonly reference: string;
      readonly tags: readonly string[];
      readonly sentBytes: number;
      readonly mountedBytes: number;
      readonly ms: number;
    }
  | { readonly code: 'build/push-failed'; readonly registry: string; readonly because: string }
  /** The registry is busy, or a connection broke: the same is asked again after this time. */
  | {
      readonly code: 'build/registry-waited';
      readonly registry: string;
      readonly because: string;
      readonly waitMs: number;
    }
  | {
      readonly code: 'build/pull-progress';
      readonly registry: string;
      readonly receivedBytes: number;
      readonly totalBytes: number;
    }
  /** This registry can't give the image; the next one is asked. */
  | {
      readonly code: 'build/pull-skipped';
      readonly registry: string;
      readonly diagnostic: string;
      readonly because: string;
    }
  | {
      readonly code: 'build/pulled';
      readonly registry: string;
      readonly reference: string;
      readonly receivedBytes: number;
      readonly ms: number;
    };
