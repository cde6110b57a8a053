/* In which way the job misbehaves. */
package drey.peer;

enum PeerMode {
    /** Runs until it is stopped. */
    OK,
    /** Reads `--records` records and is finished. */
    FINISH,
    /** Fails at record number `--records`, counted in each subtask. */
    FAIL,
    /** Takes 20 ms for each record, while the source has no limit. */
    BACK_PRESSURE,
    /** Takes the milliseconds of the second argument for each snapshot. */
    SLOW_SNAPSHOT,
    /** Throws when the job ends, which is after the savepoint when it is stopped with one. */
    FAIL_ON_STOP,
    /** Cannot write its state: every checkpoint and savepoint fails, the job goes on. */
    FAIL_SNAPSHOT,
    /** Submits a second job in the same main(). */
    TWO_EXECUTES,
    /** main() throws before there is a job. */
    MAIN_THROWS;

    static PeerMode of(String argument) {
        return valueOf(argument.toUpperCase().replace('-', '_'));
    }
}
