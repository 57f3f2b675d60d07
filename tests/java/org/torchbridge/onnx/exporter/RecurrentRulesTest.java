package org.torchbridge.onnx.exporter;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.torchbridge.jit.TracedRow;
import org.torchbridge.nn.LSTM;
import org.torchbridge.onnx.Onnx;
import org.torchbridge.onnx.OnnxExport;
import org.torchbridge.onnx.OnnxExportOptions;

class RecurrentRulesTest extends ExportTest {
    private static final double CLOSE = 1e-6;

    /** The backward direction starts at the end of each sequence, with the state that it is given there. */
    @ParameterizedTest
    @ValueSource(strings = {"", ", bias=False", ", num_layers=2"})
    void projectedStatesOfSequencesOfSeveralLengthsGoBothWays(String options) {
        int states = options.contains("layers") ? 4 : 2;
        TracedRow row = new TracedRow("m = nn.LSTM(3, 4, proj_size=2, bidirectional=True" + options + ");"
                + " a = torch.randn(4, 3); b = torch.randn(2, 3); c = torch.randn(1, 3);"
                + " d = torch.randn(" + states + ", 3, 2); e = torch.randn(" + states + ", 3, 4);"
                + " p = nn.utils.rnn.pack_sequence([a, b, c]); m(p, (d, e))");

        OnnxExport export = Onnx.export(
                row.module,
                row::forward,
                file(),
                row.inputs,
                OnnxExportOptions.options().verify(true));

        assertThat(export.difference()).isLessThan(CLOSE);
    }

    @Test
    void projectedStatesTakeSequencesOfOtherLengthsAndBatches() {
        LSTM lstm = new LSTM(3, 4, LSTM.options().projSize(2).bidirectional(true));
        OnnxExportOptions options = OnnxExportOptions.options()
                .dynamic("0", 0, "time")
                .dynamic("0", 1, "batch")
                .verify(true);

        OnnxExport export = Onnx.export(lstm, in -> lstm.call(in.get(0)), file(), List.of(random(5, 2, 3)), options);

        assertThat(export.difference()).isLessThan(CLOSE);
        assertThat(export.warnings()).isEmpty();
    }
}
