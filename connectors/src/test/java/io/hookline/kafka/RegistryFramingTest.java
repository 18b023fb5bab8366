/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hookline.schema.SourceRecord;
import io.hookline.schema.codec.AvroFraming;
import io.hookline.schema.codec.PublishedSchemas;
import io.hookline.schema.codec.SchemaException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RegistryFramingTest {
    private static final SourceRecord RECORD = new SourceRecord("events", 3, 42L);

    @SuppressWarnings("NullAway.Init") // JUnit sets it before each test.
    private TestRegistry registry;

    @BeforeEach
    void start() throws Exception {
        registry = TestRegistry.start();
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    @Test
    void record_isFramedByTheIdThatTheRegistryGives() throws Exception {
        byte[] bytes = framing().encode(RECORD);
        assertThat(bytes[0]).isZero();
        assertThat(ByteBuffer.wrap(bytes).getInt(1)).isEqualTo(100_001);
        assertThat(framing().decode(bytes, SourceRecord.class)).isEqualTo(RECORD);
        assertThat(registry.subjects()).containsExactly("io.hookline.schema.SourceRecord");
    }

    @Test
    void registry_isAskedOncePerSchema() throws Exception {
        AvroFraming framing = framing();
        byte[] bytes = framing.encode(RECORD);
        for (int i = 0; i < 100; i++) {
            framing.encode(RECORD);
            framing.decode(bytes, SourceRecord.class);
        }
        assertThat(registry.requests())
                .containsExactly(
                        "POST subjects/io.hookline.schema.SourceRecord/versions",
                        "GET schemas/ids/100001");
    }

    @Test
    void record_inSingleObjectEncoding_isReadToo() throws Exception {
        byte[] bytes = AvroFraming.singleObject().encode(RECORD);
        assertThat(framing().decode(bytes, SourceRecord.class)).isEqualTo(RECORD);
        assertThat(registry.requests()).isEmpty();
    }

    @Test
    void record_ofAnotherVersion_isReadIntoOurs() throws Exception {
        Schema newer =
                SchemaBuilder.record("SourceRecord")
                        .namespace("io.hookline.schema")
                        .fields()
                        .requiredString("topic")
                        .requiredInt("partition")
                        .requiredLong("offset")
                        .optionalInt("added")
                        .endRecord();
        int id = registry.add(newer.toString());
        byte[] body = {12, 'e', 'v', 'e', 'n', 't', 's', 6, 84, 2, 14};
        byte[] bytes =
                ByteBuffer.allocate(5 + body.length).put((byte) 0).putInt(id).put(body).array();
        assertThat(framing().decode(bytes, SourceRecord.class)).isEqualTo(RECORD);
    }

    @Test
    void id_thatDoesNotExist_isASchemaExceptionAndAskedForOnce() {
        AvroFraming framing = framing();
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> framing.decode(new byte[] {0, 0, 0, 0, 7}, SourceRecord.class))
                    .isInstanceOf(SchemaException.class)
                    .hasMessage("the schema registry has no schema of id 7");
        }
        assertThat(registry.requests()).hasSize(1);
    }

    @Test
    void bytes_tooShort_areASchemaException() {
        assertThatThrownBy(() -> framing().decode(new byte[] {0, 1}, SourceRecord.class))
                .isInstanceOf(SchemaException.class)
                .hasMessageContaining("Confluent's framing");
        assertThatThrownBy(() -> framing().decode(new byte[0], SourceRecord.class))
                .isInstanceOf(SchemaException.class);
    }

    @Test
    void schema_thatIsNone_isASchemaException() {
        registry.add("{\"type\": \"nothing\"}");
        assertThatThrownBy(
                        () ->
                                framing()
                                        .decode(
                                                ByteBuffer.allocate(6).putInt(1, 100_001).array(),
                                                SourceRecord.class))
                .isInstanceOf(SchemaException.class)
                .hasMessageContaining("no Avro schema");
    }

    @Test
    void registry_thatFailsForAMoment_isAskedAgain() {
        registry.fail(2);
        assertThat(framing().encode(RECORD)[0]).isZero();
    }

    @Test
    void registry_thatIsAway_failsTheTaskAndNotTheEvent() {
        AvroFraming framing = framing();
        registry.close();
        assertThatThrownBy(() -> framing.decode(new byte[] {0, 0, 1, 1, 1}, SourceRecord.class))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining(registry.url());
    }

    @Test
    void schema_thatMustNotBeRegistered_isNamed() {
        AvroFraming framing = settings("hookline.schema-registry.auto-register", "false").framing();
        assertThatThrownBy(() -> framing.encode(RECORD))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("io.hookline.schema.SourceRecord")
                .hasMessageContaining("hookline.schema-registry.auto-register");
        registry.add(SourceRecord.getClassSchema().toString());
        assertThat(framing.encode(RECORD)[0]).isZero();
    }

    @Test
    void credentials_thatAreWrong_areToldSoWithoutThem() {
        KafkaSettings settings =
                settings("hookline.schema-registry.properties.basic.auth.user.info", "job:guess");
        assertThatThrownBy(() -> settings.framing().encode(RECORD))
                .hasMessageContaining("status 401: Unauthorized")
                .hasMessageNotContaining("guess");
        assertThat(settings.toString()).contains("basic.auth.user.info").doesNotContain("guess");
    }

    @Test
    void settings_travel() throws Exception {
        KafkaSettings settings = InstantiationUtil.clone(settings());
        assertThat(settings).isEqualTo(settings());
        assertThat(settings.framing().encode(RECORD)[0]).isZero();
    }

    @Test
    void settings_thatAreWrong_areAllNamed() {
        assertThatThrownBy(
                        () ->
                                settings(
                                        "hookline.schema-registry.url", "registry:8081",
                                        "hookline.schema-registry.properties.password", "x"))
                .isInstanceOf(KafkaSetupException.class)
                .hasMessageContaining("must be http://HOST:PORT")
                .hasMessageContaining("no property 'password'")
                .hasMessageContaining("basic.auth.user.info");
    }

    @Test
    void schemas_ofEveryRecord_canBeRegistered() throws Exception {
        AvroFraming framing = framing();
        PublishedSchemas.newest().forEach(framing::prepare);
        assertThat(registry.subjects()).hasSize(PublishedSchemas.newest().size());
    }

    private AvroFraming framing() {
        return settings().framing();
    }

    private KafkaSettings settings(String... keysAndValues) {
        Map<String, String> options = new HashMap<>();
        options.put("hookline.kafka.bootstrap-servers", "127.0.0.1:1");
        options.put("hookline.schema-registry.url", registry.url());
        options.put(
                "hookline.schema-registry.properties.basic.auth.user.info", TestRegistry.USER_INFO);
        options.putAll(TestSettings.pairs(keysAndValues));
        return KafkaSettings.from(Configuration.fromMap(options));
    }
}
