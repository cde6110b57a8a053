/*
 * The job that tests run on real Flink clusters: numbers -> count per key -> nothing, in two
 * vertices, with keyed state and operator uids. The first argument, the mode, says in which way
 * it misbehaves; see PeerOptions for the others. Compiled once for each version of Flink.
 */
package drey.peer;

import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.connector.datagen.source.GeneratorFunction;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

public final class PeerJob {
    private PeerJob() {}

    public static void main(String[] args) throws Exception {
        PeerOptions options = PeerOptions.parse(args);
        if (options.mode == PeerMode.MAIN_THROWS) {
            throw new IllegalStateException(
                    "main failed", new IllegalArgumentException("main throws, as the mode says"));
        }
        StreamExecutionEnvironment env =
                StreamExecutionEnvironment.getExecutionEnvironment(configuration(options));
        build(env, options);
        env.execute(options.name);
        if (options.mode == PeerMode.TWO_EXECUTES) {
            build(env, options);
            env.execute(options.name + " again");
        }
    }

    private static Configuration configuration(PeerOptions options) {
        Configuration configuration = new Configuration();
        if (options.restarts == 0) {
            configuration.setString("restart-strategy.type", "none");
        } else {
            configuration.setString("restart-strategy.type", "fixed-delay");
            configuration.setString(
                    "restart-strategy.fixed-delay.attempts", Integer.toString(options.restarts));
            configuration.setString("restart-strategy.fixed-delay.delay", "200 ms");
        }
        configuration.setString(
                "execution.checkpointing.tolerable-failed-checkpoints", "1000000");
        if (options.checkpointIntervalMs > 0) {
            configuration.setString(
                    "execution.checkpointing.interval", options.checkpointIntervalMs + " ms");
        }
        return configuration;
    }

    private static void build(StreamExecutionEnvironment env, PeerOptions options) {
        int payloadBytes = options.payloadBytes;
        GeneratorFunction<Long, PeerRecord> generate =
                index -> new PeerRecord(index, new byte[payloadBytes]);
        // The limit holds for all subtasks together.
        RateLimiterStrategy rate = RateLimiterStrategy.perSecond(options.recordsPerSec);
        WatermarkStrategy<PeerRecord> watermarks =
                WatermarkStrategy.<PeerRecord>forMonotonousTimestamps()
                        .withTimestampAssigner((record, before) -> System.currentTimeMillis());
        env.fromSource(
                        new DataGeneratorSource<>(
                                generate, options.records, rate, Types.POJO(PeerRecord.class)),
                        watermarks,
                        "numbers")
                .uid("numbers")
                .keyBy(record -> record.index % PeerOptions.KEYS, Types.LONG)
                .process(new CountPerKey(options))
                .name("count per key")
                .uid(options.countUid)
                .sinkTo(new DiscardingSink<>())
                .name("nothing")
                .uid("nothing");
    }
}
