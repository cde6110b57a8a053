/** A multipart form with one file, sent as it is read; anew for each try. */
import type { HttpUpload } from '../../platform/http.ts';
import type { RawBody } from './transport.ts';

export interface FileForm {
  /** Must not occur in the content: random and long. */
  readonly boundary: string;
  readonly field: string;
  readonly fileName: string;
  /** Its chunks can be read more than once: each try begins at the start. */
  readonly content: HttpUpload;
}

export function fileForm({ boundary, field, fileName, content }: FileForm): RawBody {
  const head = new TextEncoder().encode(
    `--${boundary}\r\n` +
      `Content-Disposition: form-data; name="${field}"; filename="${quoted(fileName)}"\r\n` +
      'Content-Type: application/java-archive\r\n\r\n',
  );
  const tail = new TextEncoder().encode(`\r\n--${boundary}--\r\n`);
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    content: {
      byteCount: head.length + content.byteCount + tail.length,
      chunks: { [Symbol.asyncIterator]: () => framed(head, content.chunks, tail) },
    },
  };
}

/** As browsers do: the three characters that would end the name are escaped. */
function quoted(fileName: string): string {
  return fileName.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

async function* framed(
  head: Uint8Array,
  chunks: AsyncIterable<Uint8Array>,
  tail: Uint8Array,
): AsyncGenerator<Uint8Array> {
  yield head;
  yield* chunks;
  yield tail;
}
