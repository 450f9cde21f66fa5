/** What is said beside an image: its SBOM, its provenance, and with a key the signed provenance, ready to be pushed. */
import { ok, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import type { SupplyEvent } from './events.ts';
import type { Attachment } from '../image/attachment.ts';
import type { DescribedImage } from './described-image.ts';
import { ENVELOPE_TYPE, signEnvelope } from './dsse.ts';
import { PROVENANCE, provenanceOf, STATEMENT_TYPE } from './provenance.ts';
import { readSupplyFacts, type SupplyPorts } from './read-supply-facts.ts';
import { SBOM_TYPE, sbomOf } from './sbom.ts';
import type { SigningKey } from './signing-key.ts';

export interface AttachmentsRequest extends DescribedImage {
  /** Signs the provenance, which names the SBOM's digest: one signature for both. */
  readonly key?: SigningKey;
  /** URI of who ran the build and vouches for it. */
  readonly builder?: string;
}

/** Where it says `private`, whoever stores or prints the attachment treats it as the lock that it was made from. */
const VISIBILITY_ANNOTATION = 'mwpipe.visibility';
const PREDICATE_ANNOTATION = 'in-toto.io/predicate-type';

/**
 * The same image and no key, or an Ed25519 one: the same bytes.
 * @returns fails as `GitObjects.fetch` does, and with `build/wrong-tree`
 */
export async function attachmentsOf(
  request: AttachmentsRequest,
  ports: SupplyPorts,
  context: RunContext<SupplyEvent>,
): Promise<Outcome<readonly Attachment[]>> {
  const { lock, runtime, key, builder } = request;
  const facts = await readSupplyFacts({ lock, runtime: runtime.image }, ports, context);
  if (!facts.ok) return facts;
  const sbom = sbomOf(request, facts.value);
  const statement = provenanceOf(request, facts.value, { sbom, ...(builder === undefined ? {} : { builder }) });
  const marked = lock.visibility === undefined ? {} : { [VISIBILITY_ANNOTATION]: lock.visibility };
  const stated = { ...marked, [PREDICATE_ANNOTATION]: PROVENANCE };
  return ok([
    { artifactType: SBOM_TYPE, data: sbom, annotations: marked },
    key === undefined
      ? { artifactType: STATEMENT_TYPE, data: statement, annotations: stated }
      : signedStatement(statement, key, stated),
  ]);
}

function signedStatement(payload: Buffer, key: SigningKey, annotations: Readonly<Record<string, string>>): Attachment {
  return {
    artifactType: ENVELOPE_TYPE,
    data: signEnvelope({ payloadType: STATEMENT_TYPE, payload }, key),
    annotations,
  };
}
