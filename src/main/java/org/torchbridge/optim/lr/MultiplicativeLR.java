package org.torchbridge.optim.lr;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.LongToDoubleFunction;
import org.torchbridge.optim.Optimizer;

/**
 * Each step multiplies a group's learning rate by a function of the step.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.MultiplicativeLR.html">MultiplicativeLR</a>.
 */
public final class MultiplicativeLR extends LRScheduler {
    private final List<LongToDoubleFunction> lrLambdas;

    public MultiplicativeLR(Optimizer<?> optimizer, LongToDoubleFunction lrLambda) {
        this(optimizer, lrLambda, -1);
    }

    public MultiplicativeLR(Optimizer<?> optimizer, LongToDoubleFunction lrLambda, long lastEpoch) {
        this(optimizer, Collections.nCopies(optimizer.paramGroups().size(), lrLambda), lastEpoch);
    }

    /** With a function for each group. */
    public MultiplicativeLR(Optimizer<?> optimizer, List<LongToDoubleFunction> lrLambda) {
        this(optimizer, lrLambda, -1);
    }

    /** With a function for each group. */
    public MultiplicativeLR(Optimizer<?> optimizer, List<LongToDoubleFunction> lrLambda, long lastEpoch) {
        super(optimizer);
        lrLambdas = forEachGroup("lr_lambda", optimizer, lrLambda);
        start(lastEpoch);
    }

    @Override
    protected List<Double> getLr() {
        if (isInitial()) {
            return unchanged();
        }
        List<Double> lrs = new ArrayList<>();
        for (int i = 0; i < lrLambdas.size(); i++) {
            lrs.add(groups().get(i).lr() * lrLambdas.get(i).applyAsDouble(lastEpoch()));
        }
        return lrs;
    }

    /** Python saves functions no more than Java does: there is a null for each. */
    @Override
    void exchange(State state) {
        super.exchange(state);
        state.exchange("lr_lambdas", Collections.nCopies(lrLambdas.size(), null));
    }
}
