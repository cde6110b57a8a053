/**
 * Codes of the outside world: files, network, processes. Exit 3 where the path that the user gave
 * is wrong, 5 where the machine refuses what is right.
 */
export const platformCodes = {
  DREY_FILE_NOT_FOUND: {
    exit: 3,
    meaning: 'A file that was named does not exist.',
    next: 'Check the path; relative paths in a pipeline file start at the folder of that file.',
  },
  DREY_FILE_DENIED: {
    exit: 3,
    meaning: 'The permissions of a file or folder do not allow the operation.',
    next: 'Check owner and mode of the file and of the folders above it.',
  },
  DREY_FILE_WRONG_KIND: {
    exit: 3,
    meaning: 'A path names a folder where a file is needed, or a file where a folder is needed.',
    next: 'Check the path.',
  },
  DREY_FILE_EXISTS: {
    exit: 3,
    meaning: 'Something exists at a path where a new file or folder was to be made.',
    next: 'Choose another path, or move away what is there.',
  },
  DREY_FILE_TOO_LARGE: {
    exit: 3,
    meaning: 'A file that is read as a whole is larger than its limit.',
    next: 'Check that the path names the right file; the message says the limit.',
  },
  DREY_FILE_NO_SPACE: {
    exit: 5,
    meaning: 'The disk is full, or the quota is used up.',
    next: 'Free space on the disk that the message names, then try again.',
  },
  DREY_FILE_READ_ONLY: {
    exit: 5,
    meaning: 'The file system is mounted read-only.',
    next: 'Choose a path on a file system that can be written.',
  },
  DREY_FILE_TOO_MANY_OPEN: {
    exit: 5,
    meaning: 'The process or the machine has no file handle left.',
    next: 'Raise the limit on open files (ulimit -n), or use fewer files at once.',
  },
  DREY_FILE_IO_ERROR: {
    exit: 5,
    meaning: 'The disk or the network behind it reported an input/output error.',
    next: 'Check the disk (kernel log); what was being written must not be trusted.',
  },
  DREY_FILE_FAILED: {
    exit: 5,
    meaning: 'A file operation failed for a reason that has no code of its own.',
    next: 'Read the errno in the message; it is the operating system that refused.',
  },
  DREY_COMPRESSED_FILE_CORRUPT: {
    exit: 3,
    meaning: 'A compressed file is damaged, cut off, or not in the format that was named.',
    next: 'Check the file with gzip -t or zstd -t, and fetch it again.',
  },
  DREY_COMPRESSED_BLOCK_CORRUPT: {
    exit: 3,
    meaning: 'A compressed batch of records is damaged, or in another format than it says.',
    next: 'Read the batch with another client: if it fails as well, it was written so.',
  },
  DREY_COMPRESSED_BLOCK_TOO_LARGE: {
    exit: 3,
    meaning: 'A compressed batch of records unpacks to more than its limit.',
    next: 'Let the producer write smaller batches (batch.size, max.request.size).',
  },
  DREY_COMPRESSION_UNSUPPORTED: {
    exit: 3,
    meaning: 'This Node version has not the compression format.',
    next: 'Use Node 22.15 or later for zstd; else decompress the file first, or choose lz4.',
  },
  DREY_HDFS_REFUSED: {
    exit: 5,
    meaning: 'HDFS answered no to a request for a file, or what answers is no WebHDFS.',
    next: 'Read the exception and its words in the message; the log of the NameNode says more.',
  },
  DREY_DRUID_REFUSED: {
    exit: 5,
    meaning: 'The Overlord of a Druid refused a supervisor, or has one that is not ours.',
    next: 'Read the words of Druid in the message; the log of the Overlord says more.',
  },
  DREY_UNREACHABLE: {
    exit: 4,
    meaning: 'A host gave no usable answer within the limits on time and size.',
    next: 'Check address and port, and that the service runs; the message says how far it came.',
  },
} as const;
