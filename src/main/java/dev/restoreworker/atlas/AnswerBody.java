package dev.restoreworker.atlas;

import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.WriteStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Takes in the body of an answer, up to a limit. */
final class AnswerBody implements WriteStream<Buffer> {

    /** Atlas' answers have some hundred bytes. */
    private static final int LENGTH_MAX = 1 << 20;

    private final Runnable tooLong;
    private final Buffer body = Buffer.buffer();

    /** {@code tooLong} is run when more comes than an answer may have. */
    AnswerBody(Runnable tooLong) {
        this.tooLong = tooLong;
    }

    String text() {
        return body.toString(StandardCharsets.UTF_8);
    }

    @Override
    public Future<Void> write(Buffer chunk) {
        if (body.length() + chunk.length() > LENGTH_MAX) {
            tooLong.run();
        } else {
            body.appendBuffer(chunk);
        }
        return Future.succeededFuture();
    }

    @Override
    public void write(Buffer chunk, @Nullable Handler<AsyncResult<Void>> handler) {
        var written = write(chunk);
        if (handler != null) {
            written.onComplete(handler);
        }
    }

    @Override
    public void end(@Nullable Handler<AsyncResult<Void>> handler) {
        if (handler != null) {
            handler.handle(Future.succeededFuture());
        }
    }

    @Override
    public boolean writeQueueFull() {
        return false;
    }

    @Override
    public AnswerBody setWriteQueueMaxSize(int size) {
        return this;
    }

    @Override
    public AnswerBody drainHandler(@Nullable Handler<Void> handler) {
        return this;
    }

    @Override
    public AnswerBody exceptionHandler(@Nullable Handler<Throwable> handler) {
        return this;
    }
}
