/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import io.hookline.operator.DeviceRequest;
import io.hookline.operator.InvocationSettings;
import io.hookline.program.ControlEntry;
import io.hookline.program.ModelBody;
import io.hookline.program.NearestName;
import io.hookline.program.Problem;
import io.hookline.program.ProgramException;
import io.hookline.runtime.Device;
import io.hookline.runtime.ModelSpec;
import io.hookline.runtime.Weights;
import io.hookline.schema.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** A model that is to be opened, and what it is to run on. */
record ModelRequest(InvocationSettings.Model model, DeviceRequest device) {
    /** The job's own model. */
    static ModelRequest own(InvocationSettings settings) {
        return new ModelRequest(settings.model(), settings.device().request());
    }

    /**
     * What a control event puts; what it leaves out is as for the job's own model.
     *
     * @throws ProgramException with everything that this job can't do
     */
    static ModelRequest of(ControlEntry.Model put, InvocationSettings settings)
            throws ProgramException {
        return new Reading(put.body(), settings).read(put.name());
    }

    /** How the model is opened on that device. */
    ModelSpec on(Device where) {
        return new ModelSpec(
                model.path(),
                model.name(),
                model.tokenizer(),
                where,
                model.threads(),
                model.weights(),
                model.pin());
    }

    /** Reads a body and collects what is wrong with it. */
    private static final class Reading {
        private final ModelBody body;
        private final InvocationSettings settings;
        private final List<Problem> problems = new ArrayList<>();

        private Reading(ModelBody body, InvocationSettings settings) {
            this.body = body;
            this.settings = settings;
        }

        ModelRequest read(String name) throws ProgramException {
            Path path = path("path", body.path());
            Optional<Path> tokenizer = body.tokenizer().map(file -> path("tokenizer", file));
            InvocationSettings.Model model =
                    new InvocationSettings.Model(
                            path,
                            Optional.of(name),
                            tokenizer,
                            body.threads().orElse(settings.model().threads()),
                            weights(),
                            new ModelSpec.Pin(body.version(), body.digest()));
            ModelRequest request = new ModelRequest(model, device());
            if (!problems.isEmpty()) {
                throw new ProgramException(problems);
            }
            return request;
        }

        /** Who may write control events must not be able to open any file of the machine. */
        private Path path(String field, String text) {
            Path root = settings.serving().root();
            try {
                Path path = root.resolve(text).normalize();
                if (path.startsWith(root) && real(path).startsWith(real(root))) {
                    return path;
                }
                problem(
                        field,
                        "'%s' lies outside of 'hookline.model.root' = '%s'".formatted(text, root));
            } catch (InvalidPathException invalid) {
                problem(field, "'%s' is no path: %s".formatted(text, invalid.getReason()));
            } catch (IOException unreadable) {
                problem(field, "'%s' can't be read: %s".formatted(text, unreadable));
            }
            return root;
        }

        /** Where links lead to; what is not there has no links. */
        private static Path real(Path path) throws IOException {
            return Files.exists(path) ? path.toRealPath() : path;
        }

        private Weights weights() {
            Optional<Weights> weights = body.weights().flatMap(Weights::named);
            if (body.weights().isPresent() && weights.isEmpty()) {
                List<String> names =
                        Arrays.stream(Weights.values()).map(Weights::wireName).toList();
                String given = body.weights().get();
                problem(
                        "weights",
                        "'weights' must be one of %s, got '%s'%s"
                                .formatted(names, given, NearestName.hint(given, names)));
            }
            return weights.orElse(settings.model().weights());
        }

        private DeviceRequest device() {
            Optional<DeviceRequest> device = body.device().flatMap(DeviceRequest::parse);
            if (body.device().isPresent() && device.isEmpty()) {
                problem(
                        "device",
                        "'device' must be 'cpu', 'cuda' or 'cuda:N', got '%s'"
                                .formatted(body.device().get()));
            }
            return device.orElse(settings.device().request());
        }

        private void problem(String field, String message) {
            problems.add(new Problem(ErrorCode.MALFORMED_EVENT, "/body/" + field, message));
        }
    }
}
