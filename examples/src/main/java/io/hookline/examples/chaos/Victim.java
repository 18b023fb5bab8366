/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.chaos;

import java.io.IOException;

/** A process that may be killed, and how it comes back. */
sealed interface Victim {
    /** Ends it as SIGKILL does. */
    void kill(Scene scene) throws IOException, InterruptedException;

    /** Starts it again, as a service manager would. */
    void restart(Scene scene) throws IOException;

    /** The JobManager: the job is found again, or submitted again. */
    record JobManager() implements Victim {
        @Override
        public void kill(Scene scene) throws InterruptedException {
            scene.cluster().jobManager().kill();
        }

        @Override
        public void restart(Scene scene) throws IOException {
            scene.cluster().startJobManager();
        }

        @Override
        public String toString() {
            return "jobmanager";
        }
    }

    /** One of the TaskManagers. */
    record TaskManager(int number) implements Victim {
        @Override
        public void kill(Scene scene) throws InterruptedException {
            scene.cluster().taskManager(number).kill();
        }

        @Override
        public void restart(Scene scene) throws IOException {
            scene.cluster().startTaskManager(number);
        }

        @Override
        public String toString() {
            return "taskmanager " + number;
        }
    }

    /** The only broker: until it is back, nothing can be read or written. */
    record Broker() implements Victim {
        @Override
        public void kill(Scene scene) throws InterruptedException {
            scene.killBroker();
        }

        @Override
        public void restart(Scene scene) throws IOException {
            scene.startBroker();
        }

        @Override
        public String toString() {
            return "broker";
        }
    }
}
