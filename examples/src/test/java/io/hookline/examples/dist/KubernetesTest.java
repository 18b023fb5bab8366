/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.dist;

import static org.assertj.core.api.Assertions.assertThat;

import io.hookline.examples.job.RunCommand;
import io.hookline.examples.models.HooklineHome;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarFile;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.FallbackKey;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import picocli.CommandLine;

/** The shipped files name options that there are, with values that can be read. */
final class KubernetesTest {
    private static final Path ROOT = HooklineHome.find().root();

    /** Keys with a name in them, whose options Flink makes as it meets them. */
    private static final String NAMED =
            "metrics\\.reporter\\.(prom|otel)\\.(factory\\.class|port|interval|exporter\\.(endpoint|protocol)|service\\.name)"
                    + "|external-resource\\.gpu\\.(amount|driver-factory\\.class|kubernetes\\.config-key|param\\.discovery-script\\.path)"
                    + "|hookline\\.metrics\\.host|containerized\\.(master|taskmanager)\\.env\\.ORT_DISABLE_TELEMETRY";

    private static final Map<String, ConfigOption<?>> OPTIONS = new HashMap<>();

    @BeforeAll
    static void collect() throws Exception {
        for (Class<?> of : List.of(Configuration.class, ConfigOption.class, MiniCluster.class)) {
            collect(Path.of(of.getProtectionDomain().getCodeSource().getLocation().toURI()));
        }
        add(io.hookline.operator.HooklineOptions.class);
        add(io.hookline.kafka.KafkaOptions.class);
        assertThat(OPTIONS).hasSizeGreaterThan(500);
    }

    private static void collect(Path jar) throws IOException, ReflectiveOperationException {
        try (JarFile file = new JarFile(jar.toFile())) {
            for (String name : file.stream().map(entry -> entry.getName()).toList()) {
                if (name.matches("org/apache/flink/.*Options\\.class")) {
                    add(Class.forName(name.replaceAll("\\.class$", "").replace('/', '.')));
                }
            }
        }
    }

    private static void add(Class<?> options) throws ReflectiveOperationException {
        for (Field field : options.getDeclaredFields()) {
            if (Modifier.isStatic(field.getModifiers())
                    && ConfigOption.class.isAssignableFrom(field.getType())) {
                field.setAccessible(true);
                ConfigOption<?> option = (ConfigOption<?>) field.get(null);
                OPTIONS.put(option.key(), option);
                for (FallbackKey fallback : option.fallbackKeys()) {
                    OPTIONS.putIfAbsent(fallback.getKey(), option);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "gpu"})
    void configuration_namesOptionsThatThereAre_withValuesThatCanBeRead(String folder) {
        Configuration configuration =
                GlobalConfiguration.loadConfiguration(
                        ROOT.resolve("flink-conf").resolve(folder).toString());
        for (String key : configuration.keySet()) {
            assertKnown(key, configuration);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"flinkdeployment.yaml", "flinkdeployment-gpu.yaml"})
    void deployment_namesOptionsThatThereAre_withValuesThatCanBeRead(String file) throws Exception {
        Configuration configuration = new Configuration();
        ((Map<?, ?>) spec(file).get("flinkConfiguration"))
                .forEach((key, value) -> configuration.setString("" + key, (String) value));
        for (String key : configuration.keySet()) {
            assertKnown(key, configuration);
        }
    }

    private static void assertKnown(String key, Configuration configuration) {
        if (!key.matches(NAMED)) {
            ConfigOption<?> option = OPTIONS.get(key);
            assertThat(option).as(key).isNotNull();
            assertThat(configuration.getOptional(option)).as(key).isPresent();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"flinkdeployment.yaml", "flinkdeployment-gpu.yaml"})
    void deployment_runsWhatTheImageHolds_withArgumentsThatTheCommandTakes(String file)
            throws Exception {
        Map<?, ?> job = (Map<?, ?>) spec(file).get("job");
        String page = Files.readString(ROOT.resolve("docs/flink-conf.md"));

        assertThat(job.get("entryClass")).isEqualTo(RunCommand.class.getName());
        assertThat(job.get("jarURI")).isEqualTo("local:///opt/flink/usrlib/hookline-job.jar");
        assertThat(page)
                .contains("COPY out/lib/ /opt/flink/lib/")
                .contains("COPY out/hookline-job.jar /opt/flink/usrlib/hookline-job.jar")
                .contains("COPY model/ /opt/models/model/");
        assertThat((List<?>) job.get("args"))
                .map(String::valueOf)
                .contains("--model=/opt/models/model");
        String[] arguments =
                ((List<?>) job.get("args")).stream().map(String::valueOf).toArray(String[]::new);
        new CommandLine(new RunCommand()).parseArgs(arguments);
        for (String argument : arguments) {
            if (argument.startsWith("-D")) {
                Configuration one = new Configuration();
                String[] option = argument.substring(2).split("=", 2);
                one.setString(option[0], option[1]);
                assertKnown(option[0], one);
            }
        }
    }

    @Test
    void deployments_areWhatTheOperatorForKubernetesTakes() throws Exception {
        for (String file : List.of("flinkdeployment.yaml", "flinkdeployment-gpu.yaml")) {
            Map<?, ?> spec = spec(file);
            assertThat(spec.keySet())
                    .map(String::valueOf)
                    .containsExactlyInAnyOrder(
                            "image",
                            "flinkVersion",
                            "serviceAccount",
                            "flinkConfiguration",
                            "podTemplate",
                            "jobManager",
                            "taskManager",
                            "job");
            assertThat(((Map<?, ?>) spec.get("flinkConfiguration")).values())
                    .as("every value is a text")
                    .allMatch(String.class::isInstance);
            Map<?, ?> pod = (Map<?, ?>) ((Map<?, ?>) spec.get("podTemplate")).get("spec");
            Map<?, ?> container = (Map<?, ?>) ((List<?>) pod.get("containers")).get(0);
            assertThat(container.get("name")).isEqualTo("flink-main-container");
            assertThat(names(container.get("volumeMounts"))).isEqualTo(names(pod.get("volumes")));
        }
    }

    private static List<?> names(Object list) {
        return ((List<?>) list)
                .stream().<Object>map(each -> ((Map<?, ?>) each).get("name")).toList();
    }

    private static Map<?, ?> spec(String file) throws IOException {
        Path path = ROOT.resolve("flink-conf/kubernetes").resolve(file);
        Load load = new Load(LoadSettings.builder().build());
        Map<?, ?> deployment = (Map<?, ?>) load.loadFromString(Files.readString(path));
        assertThat(deployment.get("apiVersion")).isEqualTo("flink.apache.org/v1beta1");
        assertThat(deployment.get("kind")).isEqualTo("FlinkDeployment");
        return (Map<?, ?>) deployment.get("spec");
    }
}
