package dev.restoreworker.contract;

/** One difference between a schema and the one before it, and what it means to a value. */
record SchemaChange(Effect effect, String where, String what) {

    /** What a schema says of the values that the one before it took or refused. */
    enum Effect {
        /** It refuses some that were taken. */
        NARROWER,
        /** It takes some that were refused. */
        WIDER,
        /** A value more of an enum: wider, but whoever reads was told to expect it. */
        NEW_NAME,
        /** A field more: it could be there before, and nobody knew of it. */
        NEW_FIELD,
        /** What had a name has none any more. */
        GONE,
        /** Nothing can be said of it by structure alone. */
        UNCLEAR
    }

    /** Which way values go. */
    enum Direction {
        /** Others write and we read: what was taken must be taken. */
        IN,
        /** We write and others read: what they rely on must stay. */
        OUT
    }

    boolean breaks(Direction direction) {
        return switch (effect) {
            case NEW_NAME, NEW_FIELD -> false;
            case GONE, UNCLEAR -> true;
            case NARROWER -> direction == Direction.IN;
            case WIDER -> direction == Direction.OUT;
        };
    }

    @Override
    public String toString() {
        return "%s at %s: %s".formatted(effect, where, what);
    }
}
