package org.torchbridge.internal;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.FunctionSchema;
import org.bytedeco.pytorch.OperatorVector;
import org.bytedeco.pytorch.Symbol;
import org.bytedeco.pytorch.global.torch;

/** The operators that libtorch knows at this moment, those of TorchScript and those that were registered later included. */
public final class NativeSchemas {
    static {
        Presets.load();
    }

    private NativeSchemas() {}

    /** The schemas of an operator's overloads, as libtorch writes them: {@code aten::neg(Tensor self) -> Tensor}. */
    public static List<String> of(String kind) {
        List<String> texts = new ArrayList<>();
        try (Symbol symbol = Symbol.fromQualString(kind);
                OperatorVector operators = torch.getAllOperatorsFor(symbol)) {
            for (long i = 0; i < operators.size(); i++) {
                texts.add(text(operators.get(i).schema()));
            }
        }
        return texts;
    }

    private static String text(FunctionSchema schema) {
        return torch.toString(schema).getString();
    }
}
