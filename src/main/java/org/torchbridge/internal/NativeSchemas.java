package org.torchbridge.internal;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Argument;
import org.bytedeco.pytorch.FunctionSchema;
import org.bytedeco.pytorch.OperatorVector;
import org.bytedeco.pytorch.Symbol;
import org.bytedeco.pytorch.global.torch;

/** The operators that libtorch knows at this moment: its own, TorchScript's, torchvision's, those that were registered. */
public final class NativeSchemas {
    static {
        Presets.load();
        NativeVision.register();
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

    /** The arguments of a schema, in its own memory. */
    static Argument arguments(FunctionSchema schema) {
        return part(schema, false);
    }

    /** The results of a schema, in its own memory. */
    static Argument results(FunctionSchema schema) {
        return part(schema, true);
    }

    /** The presets' own methods copy arguments and never free what the copies hold, so that a module's class stays. */
    private static Argument part(FunctionSchema schema, boolean results) {
        long[] bounds = NativeScript.schemaPart(schema.address(), results);
        Argument first = new Argument(Presets.borrowed(bounds[0]));
        return first.limit((bounds[1] - bounds[0]) / first.sizeof());
    }

    private static String text(FunctionSchema schema) {
        return torch.toString(schema).getString();
    }
}
