package org.torchbridge.optim.lr;

import java.util.List;
import org.torchbridge.optim.Optimizer;

/**
 * The learning rates go from those that there are to {@code swaLr} in {@code annealEpochs} steps, and stay: for averaging weights.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.optim.swa_utils.SWALR.html">SWALR</a>.
 */
public final class SWALR extends LRScheduler {
    private static final String SWA_LR = "swa_lr";
    private static final long EPOCHS = 10;

    private long annealEpochs;
    private AnnealStrategy annealStrategy;

    public SWALR(Optimizer<?> optimizer, double swaLr) {
        this(optimizer, swaLr, EPOCHS, AnnealStrategy.COS);
    }

    public SWALR(Optimizer<?> optimizer, double swaLr, long annealEpochs, AnnealStrategy annealStrategy) {
        this(optimizer, forEachGroup(optimizer, swaLr), annealEpochs, annealStrategy, -1);
    }

    /** With a rate for each group. */
    public SWALR(
            Optimizer<?> optimizer,
            List<Double> swaLr,
            long annealEpochs,
            AnnealStrategy annealStrategy,
            long lastEpoch) {
        super(optimizer);
        List<Double> swaLrs = forEachGroup(SWA_LR, optimizer, swaLr);
        for (int i = 0; i < swaLrs.size(); i++) {
            groups().get(i).set(SWA_LR, swaLrs.get(i));
        }
        if (annealEpochs < 0) {
            throw new IllegalArgumentException("anneal_epochs must be equal or greater than 0, got " + annealEpochs);
        }
        this.annealEpochs = annealEpochs;
        this.annealStrategy = annealStrategy;
        start(lastEpoch);
    }

    @Override
    protected List<Double> getLr() {
        long step = annealEpochs == 0 ? Math.max(1, stepCount() - 1) : stepCount() - 1;
        double before = share(step - 1);
        double share = share(step);
        return each(group -> {
            double end = group.number(SWA_LR);
            double start = before == 1 ? end : (group.lr() - before * end) / (1 - before);
            return end * share + start * (1 - share);
        });
    }

    /** How much of the way is done after so many steps. */
    private double share(long step) {
        double time = Math.max(0, Math.min(1, (double) step / Math.max(1, annealEpochs)));
        return annealStrategy == AnnealStrategy.COS ? (1 - Math.cos(Math.PI * time)) / 2 : time;
    }

    @Override
    protected void state(State state) {
        annealStrategy = state.of("_anneal_strategy", annealStrategy);
        annealEpochs = state.of("anneal_epochs", annealEpochs);
    }
}
