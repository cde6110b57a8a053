/*
 * The arguments of the job: MODE [VALUE] [--name TEXT] [--rate RECORDS_PER_SECOND]
 * [--records COUNT] [--payload BYTES] [--restarts COUNT] [--checkpoint-interval MS]
 * [--count-uid TEXT] [-- TEXT...]. What follows `--` is appended to the job's name, each text
 * in angle brackets, so that a test sees how arguments arrive.
 */
package drey.peer;

import java.io.Serializable;

final class PeerOptions implements Serializable {
    private static final long serialVersionUID = 1L;

    static final long KEYS = 64;
    private static final long ENDLESS = Long.MAX_VALUE;
    private static final double NO_LIMIT = 1_000_000;
    /** The cluster's own interval would make a savepoint wait for a slow checkpoint. */
    private static final long RARELY_MS = 3_600_000;

    final PeerMode mode;
    String name;
    double recordsPerSec = 200;
    long records = ENDLESS;
    int payloadBytes = 0;
    int restarts = 0;
    /** 0 leaves it to the cluster. */
    long checkpointIntervalMs = 0;
    String countUid = "count";
    long snapshotMs = 0;
    /** Record number at which a subtask fails; 0 is never. */
    long failAtRecord = 0;

    private PeerOptions(PeerMode mode) {
        this.mode = mode;
        switch (mode) {
            case FINISH:
                records = 1_000;
                recordsPerSec = NO_LIMIT;
                break;
            case BACK_PRESSURE:
                // Large enough that the network buffers hold seconds of records, not minutes.
                payloadBytes = 4_096;
                recordsPerSec = NO_LIMIT;
                break;
            case SLOW_SNAPSHOT:
                checkpointIntervalMs = RARELY_MS;
                break;
            default:
                break;
        }
    }

    static PeerOptions parse(String[] args) {
        if (args.length == 0) {
            throw new IllegalArgumentException("the first argument is the mode");
        }
        PeerOptions options = new PeerOptions(PeerMode.of(args[0]));
        options.name = "peer " + args[0];
        int at = 1;
        if (options.mode == PeerMode.SLOW_SNAPSHOT) {
            options.snapshotMs = Long.parseLong(args[at++]);
        }
        for (; at < args.length && !args[at].equals("--"); at += 2) {
            options.set(args[at], args[at + 1]);
        }
        for (at++; at < args.length; at++) {
            options.name += " <" + args[at] + ">";
        }
        if (options.mode == PeerMode.FAIL) {
            options.failAtRecord = options.records == ENDLESS ? 100 : options.records;
            options.records = ENDLESS;
        }
        return options;
    }

    private void set(String flag, String value) {
        switch (flag) {
            case "--name":
                name = value;
                break;
            case "--rate":
                recordsPerSec = Double.parseDouble(value);
                break;
            case "--records":
                records = Long.parseLong(value);
                break;
            case "--payload":
                payloadBytes = Integer.parseInt(value);
                break;
            case "--restarts":
                restarts = Integer.parseInt(value);
                break;
            case "--checkpoint-interval":
                checkpointIntervalMs = Long.parseLong(value);
                break;
            case "--count-uid":
                countUid = value;
                break;
            default:
                throw new IllegalArgumentException("unknown argument " + flag);
        }
    }
}
