package dev.restoreworker.whole;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;

/** What is done to a worker that stands at a point. */
enum Blow {
    /** Nothing is tidied up. What is on its way to Atlas arrives. */
    KILL("kill -9") {
        @Override
        void strike(Scene scene, int caught) {
            scene.fleet().worker(caught).kill();
            scene.fleet().trap.release();
        }
    },

    /** Until its lease is over, and where there are others until they have decided all they can. */
    PAUSE("SIGSTOP, SIGCONT") {
        @Override
        void strike(Scene scene, int caught) {
            var worker = scene.fleet().worker(caught);
            worker.standStill();
            try {
                scene.fleet().trap.release(); // it goes on as soon as it can move
                scene.pass(Fleet.LEASE.plusSeconds(2));
                if (scene.workers() > 1) {
                    scene.awaitDecided(OTHERS_NEED);
                }
            } finally {
                worker.goOn();
            }
        }
    },

    /** As an orchestrator does. */
    TERM("SIGTERM") {
        @Override
        void strike(Scene scene, int caught) {
            var worker = scene.fleet().worker(caught);
            worker.askToEnd();
            scene.until(GOING_DOWN, () -> worker.log().contains("No more requests are taken up"));
            scene.fleet().trap.release();
            assertThat(worker.awaitEnd(Duration.ofMinutes(1))).isIn(0, 143);
        }
    };

    /** To find that the one that stands still lost its lease, and to look until settle is over. */
    private static final Duration OTHERS_NEED = Duration.ofSeconds(18);

    private static final Duration GOING_DOWN = Duration.ofSeconds(5);

    private final String words;

    Blow(String words) {
        this.words = words;
    }

    String words() {
        return words;
    }

    abstract void strike(Scene scene, int caught);
}
