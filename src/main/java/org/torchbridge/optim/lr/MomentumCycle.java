package org.torchbridge.optim.lr;

import java.util.ArrayList;
import java.util.List;
import org.torchbridge.optim.Optimizer;
import org.torchbridge.optim.ParamGroup;

/** Sets the momentum of groups, which is the first of the betas where there are some. */
final class MomentumCycle {
    private static final String MOMENTUM = "momentum";
    private static final String BETAS = "betas";

    private MomentumCycle() {}

    static boolean usesBeta1(Optimizer<?> optimizer) {
        return optimizer.paramGroups().get(0).contains(BETAS);
    }

    static void requireMomentum(Optimizer<?> optimizer) {
        if (!usesBeta1(optimizer) && !optimizer.paramGroups().get(0).contains(MOMENTUM)) {
            throw new IllegalArgumentException(
                    "optimizer must support momentum or beta1 with `cycle_momentum` option enabled; "
                            + optimizer.getClass().getSimpleName() + " does not");
        }
    }

    /** Sets the momentum of each group to its largest, and keeps the bounds in the groups. */
    static void begin(Optimizer<?> optimizer, List<Double> base, List<Double> max) {
        for (int i = 0; i < max.size(); i++) {
            ParamGroup<?> group = optimizer.paramGroups().get(i);
            set(group, max.get(i));
            group.set("max_momentum", max.get(i));
            group.set("base_momentum", base.get(i));
        }
    }

    static void set(ParamGroup<?> group, double momentum) {
        if (group.contains(BETAS)) {
            List<Object> betas = new ArrayList<>((List<?>) group.get(BETAS));
            betas.set(0, momentum);
            group.set(BETAS, betas);
        } else {
            group.set(MOMENTUM, momentum);
        }
    }
}
