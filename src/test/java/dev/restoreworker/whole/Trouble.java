package dev.restoreworker.whole;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Random;
import java.util.stream.IntStream;

/** What befalls the surroundings, or all that is read. */
enum Trouble {
    BROKER_RESTART("the broker restarts", 1, 3) {
        @Override
        void befall(Scene scene) {
            whileBusy(scene, () -> scene.around().restartPlainKafka());
        }
    },
    DATABASE_RESTART("PostgreSQL restarts", 1, 3) {
        @Override
        void befall(Scene scene) {
            whileBusy(
                    scene,
                    () -> {
                        scene.around().postgres.stop();
                        scene.around().postgres.start();
                    });
        }
    },
    DATABASE_PAUSE("PostgreSQL stands still for 10 s", 1, 3) {
        @Override
        void befall(Scene scene) {
            whileBusy(scene, () -> scene.around().pausePostgres(Duration.ofSeconds(10)));
        }
    },
    REBALANCES("a rebalance every 2 s", 1, 3) {
        @Override
        void befall(Scene scene) {
            var rounds = 4;
            for (var round = 0; round < rounds; round++) {
                scene.send(portion(round, rounds), portion(round + 1, rounds));
                Group.joinAndLeave(scene.around().bootstrapServers(), PERIOD);
                scene.pass(PERIOD);
            }
        }
    },
    TEN_TIMES("each record ten times", 1, 3) {
        @Override
        void befall(Scene scene) {
            var records = new ArrayList<Integer>();
            IntStream.range(0, 10 * Scene.first()).forEach(i -> records.add(i % Scene.first()));
            Collections.shuffle(records, new Random(SEED));
            // Whatever its key, so that several workers read it.
            records.forEach(
                    each ->
                            scene.around()
                                    .send(
                                            scene.requests()
                                                    .record(each, each % CellRequests.PARTITIONS)));
            scene.sendLast();
        }
    },
    BAD_ANSWERS(
            "5 % of Atlas' answers each are lost, 500 after the effect, slow, cut, garbage", 1, 3) {
        @Override
        void befall(Scene scene) {
            scene.fleet().weather(Mishap.often(SEED));
            scene.sendAll();
        }
    },
    CLOCK_AHEAD("one worker's clock is 2 minutes ahead", 3) {
        @Override
        void befall(Scene scene) {
            withClockOffBy("+2m", scene);
        }
    },
    CLOCK_BEHIND("one worker's clock is 2 minutes behind", 3) {
        @Override
        void befall(Scene scene) {
            withClockOffBy("-2m", scene);
        }
    },
    REPLAYED("the whole topic is published again", 1, 3) {
        @Override
        void befall(Scene scene) {
            scene.sendFirst();
            Group.publishAllAgain(scene.around());
            scene.sendLast();
        }
    },
    OFFSETS_RESET("the group's offsets are set to 0", 1, 3) {
        @Override
        void befall(Scene scene) {
            scene.sendFirst();
            scene.until(SOON, () -> scene.outside().decided(scene.requests()) > 0);
            scene.fleet().endAll();
            Group.resetOffsets(scene.around().bootstrapServers(), SOON);
            scene.sendLast();
        }
    };

    private static final Duration PERIOD = Duration.ofSeconds(2);
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final long SEED = 20;

    private final String words;
    private final int[] workers;

    Trouble(String words, int... workers) {
        this.words = words;
        this.workers = workers;
    }

    String words() {
        return words;
    }

    /** With how many it is tried. */
    IntStream workers() {
        return IntStream.of(workers);
    }

    /** Sends the requests, and does it. Who died of it is replaced by others. */
    abstract void befall(Scene scene);

    /** Half of the requests are under way when it begins, the others come while it lasts. */
    private static void whileBusy(Scene scene, Runnable trouble) {
        scene.send(0, CellRequests.COUNT / 2);
        scene.until(SOON, () -> scene.outside().decided(scene.requests()) > 0);
        IntStream.range(CellRequests.COUNT / 2, CellRequests.COUNT)
                .mapToObj(scene.requests()::record)
                .forEach(scene.around()::send);
        trouble.run();
        scene.around().flush();
    }

    /** Some answers are lost, so that Atlas' times and this worker's have to be compared. */
    private static void withClockOffBy(String offset, Scene scene) {
        var clock = Fleet.clockOffBy(offset);
        assumeThat(clock).as("libfaketime, which is not installed").isNotEmpty();
        scene.fleet().replace(0, clock);
        scene.fleet().weather(Mishap.losing(5));
        scene.sendAll();
        scene.awaitDecided(SOON);
        assertThat(scene.fleet().worker(0).log()).contains(Fleet.CLOCK_ALARM);
        scene.fleet().end(0);
    }

    private static int portion(int round, int rounds) {
        return CellRequests.COUNT * round / rounds;
    }
}
