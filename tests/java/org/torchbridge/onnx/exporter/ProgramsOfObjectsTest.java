package org.torchbridge.onnx.exporter;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.jit.ScriptModule;
import org.torchbridge.onnx.Onnx;
import org.torchbridge.onnx.OnnxExport;
import org.torchbridge.onnx.OnnxExportOptions;
import org.torchbridge.onnx.OnnxModel;

/** Programs that work on dictionaries, lists of them and state leave as models of tensors. */
class ProgramsOfObjectsTest extends ExportTest {
    private OnnxExport exported(ScriptModule module, Object... inputs) {
        OnnxExport export = Onnx.export(
                module,
                file(),
                Arrays.asList(inputs),
                OnnxExportOptions.options().verify(true));
        assertThat(export.difference()).isNotNull();
        return export;
    }

    private static ScriptModule program(String code) {
        return ScriptModule.builder("Program").define(code).build();
    }

    @Test
    void aListOfImagesIsAnInputForEachAndAListOfDictionariesAnOutputForEachValue() {
        ScriptModule module = program(
                """
                def forward(self, images: List[Tensor]):
                    found: List[Dict[str, Tensor]] = []
                    for image in images:
                        found.append({"boxes": image * 2, "scores": image.sum()})
                    for one in found:
                        one["boxes"] = one["boxes"] + 1
                        if "masks" in one:
                            one["masks"] = one["masks"] * 2
                    return found
                """);

        OnnxExport export = exported(module, List.of(random(2, 3), random(4, 3)));

        assertThat(export.model().inputs()).hasSize(2);
        assertThat(export.model().outputs()).hasSize(4);
    }

    @Test
    void aDictionaryGoesThroughUpdatesAndComesOutAsItsValues() {
        OnnxExport export = exported(
                program(
                        """
                def forward(self, x: Tensor):
                    all: Dict[str, Tensor] = {}
                    more = {"b": x + 1}
                    all["a"] = x
                    all.update(more)
                    rows: List[Tensor] = []
                    for row in all.values():
                        rows.insert(0, row)
                    return torch.cat(rows), all
                """),
                random(3));

        assertThat(export.model().outputs()).hasSize(3);
    }

    @Test
    void whatIsWrittenIntoInALoopOfUnknownLengthComesOut() {
        exported(
                program(
                        """
                def forward(self, x: Tensor, labels: Tensor):
                    keep = torch.zeros_like(x, dtype=torch.bool)
                    for label in torch._unique2(labels)[0]:
                        places = torch.where(labels == label)[0]
                        keep[places[x[places].argmax()]] = True
                    return torch.where(keep)[0]
                """),
                random(6),
                integers(1, 2, 1, 3, 2, 1));
    }

    @Test
    void lengthsThatTheDataTellsStayOpen() {
        exported(
                program(
                        """
                def forward(self, x: Tensor):
                    kept = x[x > 0]
                    k = min(2, kept.size(0))
                    return kept.topk(k)[0], kept * 2
                """),
                Torch.tensor(new float[] {1, -1, 2, 3}));

        Tensor fewer = Torch.tensor(new float[] {-1, -1, 2, -3});
        List<?> results = (List<?>) OnnxModel.load(file()).toModule().run("forward", fewer);
        assertThat(((Tensor) results.get(0)).shape()).containsExactly(1);
        assertThat(((Tensor) results.get(1)).shape()).containsExactly(1);
    }
}
