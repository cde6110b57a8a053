/**
 * One door for files wherever they lie: a path with a scheme goes to its place, all others to this
 * machine. Elsewhere files are read only; who writes is refused before it comes here.
 */
import { assert } from '../errors/assert.ts';
import type { Files } from '../platform/files.ts';
import type { HdfsFiles } from './webhdfs/hdfs-files.ts';
import { isHdfsPath } from './webhdfs/hdfs-path.ts';

export class PlacedFiles implements Files {
  private readonly local: Files;
  private readonly hdfs: HdfsFiles;

  constructor(local: Files, hdfs: HdfsFiles) {
    this.local = local;
    this.hdfs = hdfs;
  }

  status: Files['status'] = (path) => this.readFrom(path).status(path);

  openToRead: Files['openToRead'] = (path) => this.readFrom(path).openToRead(path);

  list: Files['list'] = (path) => this.readFrom(path).list(path);

  openToWrite: Files['openToWrite'] = (path, options) =>
    here(path, this.local).openToWrite(path, options);

  readAll: Files['readAll'] = (path, limitBytes) =>
    here(path, this.local).readAll(path, limitBytes);

  rename: Files['rename'] = (from, to) => here(to, this.local).rename(from, to);

  remove: Files['remove'] = (path) => here(path, this.local).remove(path);

  createFolder: Files['createFolder'] = (path, options) =>
    here(path, this.local).createFolder(path, options);

  permissions: Files['permissions'] = (path) => here(path, this.local).permissions(path);

  isLink: Files['isLink'] = (path) => here(path, this.local).isLink(path);

  syncFolder: Files['syncFolder'] = (path) => here(path, this.local).syncFolder(path);

  private readFrom(path: string): Pick<Files, 'status' | 'list' | 'openToRead'> {
    return isHdfsPath(path) ? this.hdfs : this.local;
  }
}

function here(path: string, local: Files): Files {
  assert(!isHdfsPath(path), 'elsewhere files are read only');
  return local;
}
