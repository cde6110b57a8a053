/**
 * What the subtasks of one source must see alike: the first one that asks has the files listed, the
 * others get the same answer. A file that appears meanwhile would else shift the turns in which
 * splits are dealt out, and be read twice or a neighbour not at all.
 */
import type { FoundFile } from './file/file-listing.ts';

export class SharedListings {
  private readonly listings = new Map<string, Promise<readonly FoundFile[]>>();

  /** `source`: uid of the node. */
  once(source: string, list: () => Promise<readonly FoundFile[]>): Promise<readonly FoundFile[]> {
    let listing = this.listings.get(source);
    if (listing === undefined) this.listings.set(source, (listing = list()));
    return listing;
  }
}
