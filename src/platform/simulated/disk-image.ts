/**
 * What lies on a simulated disk: folders' entries and files' bytes, as plain data, and how one
 * operation changes them. The same function moves the visible image, the durable one and the
 * states that a crash may leave, so they cannot disagree about what an operation does.
 */
export interface FileNode {
  readonly kind: 'file';
  readonly id: number;
}

export interface FolderNode {
  readonly kind: 'folder';
  readonly id: number;
}

export type DiskNode = FileNode | FolderNode;

export interface WriteOperation {
  readonly kind: 'write';
  readonly file: number;
  readonly offset: number;
  readonly bytes: Uint8Array;
}

export interface TruncateOperation {
  readonly kind: 'truncate';
  readonly file: number;
}

export interface LinkOperation {
  readonly kind: 'link';
  readonly folder: number;
  readonly name: string;
  readonly node: DiskNode;
}

export interface UnlinkOperation {
  readonly kind: 'unlink';
  readonly folder: number;
  readonly name: string;
}

export interface RenameOperation {
  readonly kind: 'rename';
  readonly from: number;
  readonly fromName: string;
  readonly folder: number;
  readonly name: string;
  readonly node: DiskNode;
}

/** What a file system still holds back from the disk. */
export type DiskOperation =
  WriteOperation | TruncateOperation | LinkOperation | UnlinkOperation | RenameOperation;

interface Content {
  bytes: Uint8Array;
  sizeBytes: number;
}

export const ROOT_ID = 0;

export class DiskImage {
  private readonly contents = new Map<number, Content>();
  private readonly folders = new Map<number, Map<string, DiskNode>>([[ROOT_ID, new Map()]]);

  /** Empty for a folder that nothing was put into. */
  entries(folder: number): ReadonlyMap<string, DiskNode> {
    return this.folders.get(folder) ?? new Map();
  }

  sizeBytes(file: number): number {
    return this.contents.get(file)?.sizeBytes ?? 0;
  }

  /** A view of the file's bytes, valid until its next change. */
  content(file: number): Uint8Array {
    const content = this.contents.get(file);
    return content === undefined ? new Uint8Array(0) : content.bytes.subarray(0, content.sizeBytes);
  }

  apply(operation: DiskOperation): void {
    switch (operation.kind) {
      case 'write':
        return this.write(operation.file, operation.offset, operation.bytes);
      case 'truncate':
        this.contents.delete(operation.file);
        return;
      case 'link':
        this.folder(operation.folder).set(operation.name, operation.node);
        return;
      case 'unlink':
        this.folder(operation.folder).delete(operation.name);
        return;
      case 'rename': {
        // After a crash the old name may be another's: only the node that moved leaves it.
        const from = this.folder(operation.from);
        if (from.get(operation.fromName)?.id === operation.node.id) from.delete(operation.fromName);
        this.folder(operation.folder).set(operation.name, operation.node);
      }
    }
  }

  clone(): DiskImage {
    const copy = new DiskImage();
    for (const [id, content] of this.contents) {
      const bytes = content.bytes.slice(0, content.sizeBytes);
      copy.contents.set(id, { bytes, sizeBytes: content.sizeBytes });
    }
    for (const [id, entries] of this.folders) copy.folders.set(id, new Map(entries));
    return copy;
  }

  private folder(id: number): Map<string, DiskNode> {
    let entries = this.folders.get(id);
    if (entries === undefined) {
      entries = new Map();
      this.folders.set(id, entries);
    }
    return entries;
  }

  /** A gap between the old end and `offset` reads as zeros. */
  private write(file: number, offset: number, bytes: Uint8Array): void {
    let content = this.contents.get(file);
    if (content === undefined) {
      content = { bytes: new Uint8Array(bytes.length), sizeBytes: 0 };
      this.contents.set(file, content);
    }
    const end = offset + bytes.length;
    if (end > content.bytes.length) {
      const larger = new Uint8Array(Math.max(end, content.bytes.length * 2));
      larger.set(content.bytes.subarray(0, content.sizeBytes));
      content.bytes = larger;
    }
    content.bytes.set(bytes, offset);
    content.sizeBytes = Math.max(content.sizeBytes, end);
  }
}
