package org.torchbridge.onnx.importer;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.graph.Value;

/**
 * Steps of optimisers as operators: a learning rate and the number of the step, then weights, gradients and what the optimiser
 * remembers, as many of each; out come new weights and what is to be remembered.
 */
final class TrainingRules {
    private TrainingRules() {}

    static void register(Registry r) {
        r.many("Adagrad", 1, (node, c) -> steps(node, 3, adagrad(node, c)));
        r.many("Momentum", 1, (node, c) -> steps(node, 3, momentum(node, c)));
        r.many("Adam", 1, (node, c) -> steps(node, 4, adam(node, c)));
    }

    /** From a weight, its gradient and what is remembered of it to all of these but the gradient. */
    private interface Step {
        List<Value> of(List<Value> given);
    }

    private static List<@Nullable Value> steps(OnnxNode node, int kinds, Step step) {
        int count = (node.inputs() - 2) / kinds;
        if (count < 1 || 2 + count * kinds != node.inputs()) {
            throw node.broken(
                    "has " + node.inputs() + " inputs, of which all but two should be " + kinds + " for each weight");
        }
        List<List<Value>> results = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            List<Value> given = new ArrayList<>();
            for (int kind = 0; kind < kinds; kind++) {
                given.add(node.tensor(2 + kind * count + i));
            }
            results.add(step.of(given));
        }
        List<@Nullable Value> outputs = new ArrayList<>();
        for (int kind = 0; kind < kinds - 1; kind++) {
            for (List<Value> result : results) {
                outputs.add(result.get(kind));
            }
        }
        return outputs;
    }

    private static Value regularized(Conversion c, Value gradient, Value weight, double norm) {
        return norm == 0 ? gradient : c.op("aten::add", gradient, c.op("aten::mul", weight, norm));
    }

    private static Step adagrad(OnnxNode node, Conversion c) {
        double decay = node.real("decay_factor", 0);
        double epsilon = node.real("epsilon", 1e-6);
        double norm = node.real("norm_coefficient", 0);
        Value slowing = c.op("aten::add", c.op("aten::mul", node.tensor(1), decay), 1.0);
        Value rate = c.op("aten::div", node.tensor(0), slowing);
        return given -> {
            Value weight = given.get(0);
            Value gradient = regularized(c, given.get(1), weight, norm);
            Value squares = c.op("aten::add", given.get(2), c.op("aten::mul", gradient, gradient));
            Value root = c.op("aten::add", c.op("aten::sqrt", squares), epsilon);
            return List.of(
                    c.op("aten::sub", weight, c.op("aten::div", c.op("aten::mul", rate, gradient), root)), squares);
        };
    }

    private static Step momentum(OnnxNode node, Conversion c) {
        double alpha = node.real("alpha");
        double beta = node.real("beta");
        double norm = node.real("norm_coefficient");
        boolean nesterov = node.text("mode").equals("nesterov");
        Value rate = node.tensor(0);
        // From the second step on the gradient counts less.
        Value first = c.op("aten::gt", node.tensor(1), 0L);
        Value share = c.op("aten::where", first, beta, 1.0);
        return given -> {
            Value weight = given.get(0);
            Value gradient = regularized(c, given.get(1), weight, norm);
            Value velocity =
                    c.op("aten::add", c.op("aten::mul", given.get(2), alpha), c.op("aten::mul", gradient, share));
            Value direction = nesterov ? c.op("aten::add", gradient, c.op("aten::mul", velocity, alpha)) : velocity;
            return List.of(c.op("aten::sub", weight, c.op("aten::mul", direction, rate)), velocity);
        };
    }

    private static Step adam(OnnxNode node, Conversion c) {
        double alpha = node.real("alpha", 0.9);
        double beta = node.real("beta", 0.999);
        double epsilon = node.real("epsilon", 1e-6);
        double norm = node.real("norm_coefficient", 0);
        double after = node.real("norm_coefficient_post", 0);
        Value rate = rate(c, node.tensor(0), node.tensor(1), alpha, beta);
        return given -> {
            Value weight = given.get(0);
            Value gradient = regularized(c, given.get(1), weight, norm);
            Value mean = mixed(c, given.get(2), gradient, alpha);
            Value square = mixed(c, given.get(3), c.op("aten::mul", gradient, gradient), beta);
            Value root = c.op("aten::add", c.op("aten::sqrt", square), epsilon);
            Value moved = c.op("aten::sub", weight, c.op("aten::div", c.op("aten::mul", rate, mean), root));
            return List.of(after == 0 ? moved : c.op("aten::mul", moved, 1 - after), mean, square);
        };
    }

    /** The rate without the lean of means that start at zero; before the first step as it is. */
    private static Value rate(Conversion c, Value rate, Value step, double alpha, double beta) {
        Value count = c.cast(step, DType.FLOAT32);
        Value second = c.op("aten::rsub", c.op("aten::pow", beta, count), 1.0);
        Value first = c.op("aten::rsub", c.op("aten::pow", alpha, count), 1.0);
        Value corrected = c.op("aten::div", c.op("aten::mul", rate, c.op("aten::sqrt", second)), first);
        return c.op("aten::where", c.op("aten::gt", step, 0L), corrected, rate);
    }

    private static Value mixed(Conversion c, Value before, Value now, double share) {
        return c.op("aten::add", c.op("aten::mul", before, share), c.op("aten::mul", now, 1 - share));
    }
}
