/** The body of an answer, as long as it isn't too long: a length that is announced may be a lie. */

/** Undefined where it is longer; then the rest isn't read. */
export async function readText(response: Response, most: number): Promise<string | undefined> {
  const { body } = response;
  if (body === null) return '';
  if (Number(response.headers.get('content-length') ?? 0) > most) {
    await body.cancel();
    return undefined;
  }
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    if (bytes > most) return undefined; // leaving the loop cancels it
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
