/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.alerts;

import io.hookline.schema.Alert;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Posts messages to a receiver, one try at a time. */
final class Delivery implements Attempts {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final int TOO_MANY = 429;
    private static final int TIMED_OUT = 408;

    private final HttpClient client =
            HttpClient.newBuilder()
                    .connectTimeout(TIMEOUT)
                    .version(HttpClient.Version.HTTP_1_1)
                    .build();
    private final Receiver receiver;
    private final Map<String, String> headers;

    /**
     * Deliveries to that receiver.
     *
     * @param headers sent with every message; may be secret
     */
    Delivery(Receiver receiver, Map<String, String> headers) {
        this.receiver = receiver;
        this.headers = headers;
    }

    @Override
    public Outcome attempt(List<Alert> alerts) throws InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(receiver.uri())
                        .timeout(TIMEOUT)
                        .header("Content-Type", "application/json")
                        .POST(
                                HttpRequest.BodyPublishers.ofString(
                                        receiver.message(alerts).toString()));
        headers.forEach(request::setHeader);
        try {
            HttpResponse<String> answer =
                    client.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return outcome(answer.statusCode(), answer.body());
        } catch (IOException e) {
            return Outcome.later("%s does not answer: %s".formatted(receiver.uri(), reason(e)));
        }
    }

    private static String reason(IOException failure) {
        String message = failure.getMessage();
        return message == null ? failure.getClass().getSimpleName() : message;
    }

    private Outcome outcome(int status, String body) {
        if (status / 100 == 2) {
            return Outcome.DELIVERED;
        }
        String said = body.lines().findFirst().orElse("");
        String what =
                "%s answers %d %s"
                        .formatted(
                                receiver.uri(),
                                status,
                                said.substring(0, Math.min(said.length(), 200)));
        boolean passing = status / 100 != 4 || status == TOO_MANY || status == TIMED_OUT;
        return passing ? Outcome.later(what) : Outcome.refused(what);
    }
}
