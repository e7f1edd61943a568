package dev.restoreworker.ledger;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Any number of rows as parameters of one statement: an array for each column, which {@code unnest}
 * makes rows of again. Names, types and values stand side by side, so they cannot drift apart.
 */
record Rows<T>(String alias, List<Column<T>> columns) {

    /** A column: {@code value} may be text for any type, in the form that PostgreSQL reads. */
    record Column<T>(String name, String type, Function<T, @Nullable Object> value) {}

    /** The same columns of a {@code part} of other rows, and {@code more} columns behind them. */
    <S> Rows<S> of(Function<S, T> part, List<Column<S>> more) {
        return new Rows<>(
                alias,
                Stream.concat(
                                columns.stream()
                                        .map(
                                                each ->
                                                        new Column<S>(
                                                                each.name(),
                                                                each.type(),
                                                                row ->
                                                                        each.value()
                                                                                .apply(
                                                                                        part.apply(
                                                                                                row)))),
                                more.stream())
                        .toList());
    }

    /** The table expression; its last column, {@code n}, counts the rows from 1. */
    String sql() {
        var arrays =
                columns.stream()
                        .map(column -> "?::" + column.type() + "[]")
                        .collect(Collectors.joining(", "));
        var names = columns.stream().map(Column::name).collect(Collectors.joining(", "));
        return "unnest(%s) with ordinality as %s(%s, n)".formatted(arrays, alias, names);
    }

    /** Sets the parameters of {@link #sql}, the first of which is the {@code first} of all. */
    void bind(PreparedStatement statement, int first, List<T> rows) throws SQLException {
        for (var i = 0; i < columns.size(); i++) {
            var column = columns.get(i);
            var values = rows.stream().map(column.value());
            // The driver takes bytes only by their own type.
            var array =
                    column.type().equals("bytea")
                            ? values.toArray(byte[][]::new)
                            : values.toArray();
            statement.setArray(
                    first + i, statement.getConnection().createArrayOf(column.type(), array));
        }
    }
}
