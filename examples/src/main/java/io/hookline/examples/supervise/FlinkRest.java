/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.supervise;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.api.common.JobID;

/** What a cluster says at its REST endpoint. */
public final class FlinkRest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int OK = 200;

    private final HttpClient http =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(PATIENCE)
                    .build();

    private final String root;

    /** The endpoint at that address. */
    public FlinkRest(String host, int port) {
        this.root = "http://%s:%d".formatted(host, port);
    }

    /** The cluster's configuration; secrets are hidden. */
    public Map<String, String> configuration() throws IOException, InterruptedException {
        Map<String, String> entries = new LinkedHashMap<>();
        for (JsonNode entry : get("/jobmanager/config")) {
            entries.put(entry.path("key").asText(), entry.path("value").asText());
        }
        return entries;
    }

    /**
     * Flink's word for the state of a job; empty when the cluster does not know it. Asked for that
     * job alone, it would call that an error of its own.
     */
    public Optional<String> state(JobID job) throws IOException, InterruptedException {
        for (JsonNode known : get("/jobs").path("jobs")) {
            if (known.path("id").asText().equals(job.toHexString())) {
                return Optional.of(known.path("status").asText());
            }
        }
        return Optional.empty();
    }

    /** The newest job of that name that has not ended. */
    public Optional<JobID> running(String name) throws IOException, InterruptedException {
        Optional<JobID> newest = Optional.empty();
        long start = -1;
        for (JsonNode job : get("/jobs/overview").path("jobs")) {
            boolean ended = job.path("end-time").asLong() > 0;
            if (!ended
                    && job.path("name").asText().equals(name)
                    && job.path("start-time").asLong() > start) {
                start = job.path("start-time").asLong();
                newest = Optional.of(JobID.fromHexString(job.path("jid").asText()));
            }
        }
        return newest;
    }

    /**
     * The answer at a path.
     *
     * @throws IOException when nobody answers, or with anything but an answer
     */
    public JsonNode get(String path) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(root + path)).timeout(PATIENCE).build();
        HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != OK) {
            throw new IOException("'%s%s' answers %d".formatted(root, path, answer.statusCode()));
        }
        return JSON.readTree(answer.body());
    }

    /** The address, for people. */
    @Override
    public String toString() {
        return root;
    }
}
