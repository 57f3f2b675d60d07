package org.torchbridge.onnx.exporter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.torchbridge.Scope;
import org.torchbridge.UnsupportedOperatorException;
import org.torchbridge.jit.TracedRow;
import org.torchbridge.onnx.Onnx;
import org.torchbridge.onnx.OnnxExport;
import org.torchbridge.onnx.OnnxExportOptions;

/** The programs that the layers are compared with Python by, as ONNX models that ONNX Runtime runs to the same results. */
class ExportedLayersTest {
    /** What does not leave, by the reason that the exporter gives. */
    private static final Map<String, Pattern> REFUSED = refused();

    /** What draws, trains or makes its weights while it runs: a model for inference gives other values. */
    private static final Pattern OTHER_VALUES =
            Pattern.compile("(?!.*training=False).*(F\\.dropout|dropout_p=0\\.[345]|F\\.gumbel_softmax"
                    + "|F\\.(feature_)?alpha_dropout\\(.*training=True|F\\.rrelu\\(.*True|F\\.batch_norm\\(a, b, c, d, e, True"
                    + "|F\\.conv(_transpose)?\\dd\\(a, b, torch\\.randn"
                    + "|F\\.multi_head_attention_forward\\(.* 0\\.5, y, z, training=True).*");

    @TempDir
    private Path folder;

    private static Map<String, Pattern> refused() {
        Map<String, String> rows = new LinkedHashMap<>();
        rows.put("aten::ctc_loss: sums over all alignments", "nn\\.CTCLoss|F\\.ctc_loss");
        rows.put("takes windows at places that are drawn", "nn\\.FractionalMaxPool|F\\.fractional_max_pool");
        rows.put(
                "gives the places of the maxima",
                "AdaptiveMaxPool.*call_with_indices|adaptive_max_pool\\dd_with_indices");
        Map<String, Pattern> patterns = new LinkedHashMap<>();
        rows.forEach((reason, pattern) -> patterns.put(reason, Pattern.compile(pattern)));
        return patterns;
    }

    static Stream<String> layers() {
        return TracedRow.layers();
    }

    static Stream<String> rows() {
        return TracedRow.rows().filter(row -> !new TracedRow(row).inputs.isEmpty());
    }

    @ParameterizedTest
    @MethodSource("layers")
    void theModelOfEachLayerGivesWhatTheLayerGives(String program) {
        check(program);
    }

    @ParameterizedTest
    @MethodSource("rows")
    @Tag("slow")
    void theModelOfEachProgramGivesWhatTheProgramGives(String program) {
        check(program);
    }

    private void check(String program) {
        String reason = reason(program);
        if (reason != null) {
            assertThatThrownBy(() -> export(program, false))
                    .isInstanceOf(UnsupportedOperatorException.class)
                    .hasMessageContaining(reason);
        } else if (OTHER_VALUES.matcher(program).matches()) {
            assertThat(export(program, false).model().outputs()).isNotEmpty();
        } else {
            assertThat(export(program, true).difference()).isNotNull();
        }
    }

    private static @Nullable String reason(String program) {
        return REFUSED.entrySet().stream()
                .filter(entry -> entry.getValue().matcher(program).find())
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(null);
    }

    /** Of the program in inference; with {@code verify}, results that differ by more than 1e-4 are an error. */
    private OnnxExport export(String program, boolean verify) {
        return Scope.call(() -> {
            TracedRow row = new TracedRow(program);
            OnnxExportOptions options = OnnxExportOptions.options().verify(verify);
            return Onnx.export(row.module, row::forward, folder.resolve("row.onnx"), List.copyOf(row.inputs), options);
        });
    }
}
