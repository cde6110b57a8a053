/* One record: its number and as many bytes as the test wants to see on the wire. */
package drey.peer;

public class PeerRecord {
    public long index;
    public byte[] payload;

    public PeerRecord() {}

    PeerRecord(long index, byte[] payload) {
        this.index = index;
        this.payload = payload;
    }
}
