/* Counts the records of each key in keyed state, and fails or is slow where the mode says so. */
package drey.peer;

import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.typeutils.ValueTypeInfo;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

final class CountPerKey extends KeyedProcessFunction<Long, PeerRecord, Long>
        implements CheckpointedFunction {
    private static final long serialVersionUID = 1L;
    private static final long SLOW_RECORD_MS = 20;

    private final PeerOptions options;
    private long recordsSeen;
    private transient ValueState<Long> count;
    private transient ValueState<UnwritableValue> unwritable;

    CountPerKey(PeerOptions options) {
        this.options = options;
    }

    @Override
    public void open(OpenContext context) {
        count = getRuntimeContext().getState(new ValueStateDescriptor<>("count", Types.LONG));
        if (options.mode == PeerMode.FAIL_SNAPSHOT) {
            unwritable =
                    getRuntimeContext()
                            .getState(
                                    new ValueStateDescriptor<>(
                                            "unwritable",
                                            new ValueTypeInfo<>(UnwritableValue.class)));
        }
    }

    @Override
    public void processElement(PeerRecord record, Context context, Collector<Long> out)
            throws Exception {
        recordsSeen++;
        if (recordsSeen == options.failAtRecord) {
            throw new IllegalStateException(
                    "counting failed",
                    new IllegalArgumentException("record " + recordsSeen + " cannot be counted"));
        }
        if (options.mode == PeerMode.BACK_PRESSURE) {
            Thread.sleep(SLOW_RECORD_MS);
        }
        if (unwritable != null) {
            unwritable.update(new UnwritableValue());
        }
        Long before = count.value();
        long after = before == null ? 1 : before + 1;
        count.update(after);
        out.collect(after);
    }

    /** Part of the synchronous phase: the subtask stands still meanwhile. */
    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        Thread.sleep(options.snapshotMs);
    }

    @Override
    public void initializeState(FunctionInitializationContext context) {}

    /** Called when the job is stopped or cancelled; in the second case nobody hears of it. */
    @Override
    public void close() {
        if (options.mode == PeerMode.FAIL_ON_STOP) {
            throw new IllegalStateException("closing fails, as the mode says");
        }
    }
}
