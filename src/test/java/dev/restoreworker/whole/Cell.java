package dev.restoreworker.whole;

import dev.restoreworker.whole.agent.Point;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** One cell of the matrix: what happens, and to how many workers. */
record Cell(Fault fault, int workers) {

    /** A blow to a worker at a point, or a trouble of all. */
    sealed interface Fault {

        record AtPoint(Blow blow, Point point) implements Fault {}

        record Of(Trouble trouble) implements Fault {}
    }

    private static final Duration REACHED_WITHIN = Duration.ofSeconds(60);
    private static final Duration GATHERED_WITHIN = Duration.ofMillis(300);
    private static final int GATHERED = 4;

    /** Where a batch stands for many requests. */
    private static final Set<Point> BY_BATCH =
            EnumSet.of(Point.RECEIVED, Point.OPENED, Point.RELAYED, Point.MARKED);

    /** In the order in which they run: workers are changed as seldom as can be. */
    static List<Cell> all() {
        var faults = new ArrayList<Cell>();
        for (var blow : Blow.values()) {
            for (var point : Point.values()) {
                IntStream.of(1, Fleet.MAX)
                        .forEach(n -> faults.add(new Cell(new Fault.AtPoint(blow, point), n)));
            }
        }
        for (var trouble : Trouble.values()) {
            trouble.workers().forEach(n -> faults.add(new Cell(new Fault.Of(trouble), n)));
        }
        faults.sort(Comparator.comparingInt(Cell::workers));
        return List.copyOf(faults);
    }

    /** Those that run with every build: each kind of fault once, and where it hurts most. */
    static List<Cell> fixed() {
        return Stream.of(
                        new Cell(new Fault.AtPoint(Blow.KILL, Point.OPENED), 1),
                        new Cell(new Fault.AtPoint(Blow.TERM, Point.EFFECTED), 1),
                        new Cell(new Fault.AtPoint(Blow.KILL, Point.EFFECTED), 3),
                        new Cell(new Fault.AtPoint(Blow.KILL, Point.RELAYED), 3),
                        new Cell(new Fault.AtPoint(Blow.PAUSE, Point.CHECKED), 3),
                        new Cell(new Fault.Of(Trouble.DATABASE_RESTART), 3),
                        new Cell(new Fault.Of(Trouble.BAD_ANSWERS), 3),
                        new Cell(new Fault.Of(Trouble.OFFSETS_RESET), 3))
                .toList();
    }

    /** Sends the requests and does what is to be done while they are under way. */
    void play(Scene scene) {
        switch (fault) {
            case Fault.Of(var trouble) -> trouble.befall(scene);
            case Fault.AtPoint(var blow, var point) -> {
                var trap = scene.fleet().trap;
                trap.arm(point, BY_BATCH.contains(point) ? 1 : GATHERED);
                scene.sendAll();
                var caught = trap.awaitCaught(REACHED_WITHIN);
                var _ = trap.awaitHeld(GATHERED, GATHERED_WITHIN); // the more the better
                blow.strike(scene, caught);
            }
        }
    }

    /** Whether a request may end as unknown here: of one that stands still nobody knows enough. */
    boolean mayEndUnknown() {
        return fault instanceof Fault.AtPoint(var blow, _) && blow == Blow.PAUSE;
    }

    /** As the table names it. */
    String words() {
        return switch (fault) {
            case Fault.AtPoint(var blow, var point) ->
                    "%s at *%s*".formatted(blow.words(), point.words());
            case Fault.Of(var trouble) -> trouble.words();
        };
    }

    /** As a report of tests names it. */
    @Override
    public String toString() {
        return "%s, %d %s".formatted(words(), workers, workers == 1 ? "worker" : "workers");
    }
}
