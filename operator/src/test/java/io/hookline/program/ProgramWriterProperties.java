/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class ProgramWriterProperties {
    @Provide
    Arbitrary<Program> programs() {
        return ProgramArbitraries.programs();
    }

    @Property(tries = 500)
    void anyProgram_writtenAndRead_isTheSame(@ForAll("programs") Program program)
            throws ProgramException {
        assertThat(ProgramReader.read(ProgramWriter.write(program))).isEqualTo(program);
    }

    @Property(tries = 200)
    void anyProgram_readAndWrittenAgain_hasTheSameBytes(@ForAll("programs") Program program)
            throws ProgramException {
        byte[] written = ProgramWriter.write(program);

        assertThat(ProgramWriter.write(ProgramReader.read(written))).isEqualTo(written);
    }
}
