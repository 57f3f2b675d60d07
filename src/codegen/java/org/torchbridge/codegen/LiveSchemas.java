package org.torchbridge.codegen;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.bytedeco.pytorch.OperatorVector;
import org.bytedeco.pytorch.global.torch;

/** The schemas of the operators that are registered in the libtorch that is loaded. */
final class LiveSchemas {
    private LiveSchemas() {}

    static List<Schema> read() {
        List<Schema> schemas = new ArrayList<>();
        OperatorVector operators = torch.getAllOperators();
        for (long i = 0; i < operators.size(); i++) {
            String text = torch.toString(operators.get(i).schema()).getString();
            if (Schema.isOperator(text)) {
                schemas.add(Schema.parse(text));
            }
        }
        schemas.sort(Comparator.comparing(Schema::text));
        return schemas;
    }
}
