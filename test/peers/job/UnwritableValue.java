/*
 * A value of state that cannot be written. State in memory is written in the asynchronous phase
 * of a snapshot, where a failure declines the snapshot and leaves the job alone; in the
 * synchronous phase it would restart the job.
 */
package drey.peer;

import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.CopyableValue;

public final class UnwritableValue implements CopyableValue<UnwritableValue> {
    private static final long serialVersionUID = 1L;

    public UnwritableValue() {}

    @Override
    public void write(DataOutputView out) throws IOException {
        throw new IOException("the state cannot be written, as the mode says");
    }

    @Override
    public void read(DataInputView in) {}

    @Override
    public int getBinaryLength() {
        return 0;
    }

    @Override
    public void copyTo(UnwritableValue target) {}

    @Override
    public UnwritableValue copy() {
        return new UnwritableValue();
    }

    @Override
    public void copy(DataInputView source, DataOutputView target) {}
}
