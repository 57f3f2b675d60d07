package org.torchbridge.optim;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.GradMode;
import org.torchbridge.Layout;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.internal.Records;
import org.torchbridge.nn.Parameter;

/**
 * Limited-memory BFGS: goes along the gradient times an approximation of the inverse second derivative, which is made of
 * the last changes of parameters and gradients. It evaluates the loss several times in a step, so {@code step} needs a
 * closure:
 *
 * <pre>{@code
 * optimizer.step(() -> {
 *     optimizer.zeroGrad();
 *     Tensor loss = criterion.forward(model.call(x), y);
 *     loss.backward();
 *     return loss;
 * });
 * }</pre>
 *
 * <p>There is one parameter group only, and all parameters are on one device. The state takes {@code historySize + 1}
 * times the memory of the parameters.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.optim.LBFGS.html">LBFGS</a>.
 */
public final class LBFGS extends Optimizer<LBFGS.Options> {
    private static final GroupKeys KEYS = new GroupKeys(
            "lr=1", "max_iter", "max_eval", "tolerance_grad", "tolerance_change", "history_size", "line_search_fn");
    /** A change of the gradient that goes less than this with the change of the parameters is not remembered. */
    private static final double LEAST_CURVATURE = 1e-10;

    private long funcEvals;
    private long nIter;
    private double t;
    private double prevLoss;
    private @Nullable Tensor d;
    private @Nullable Tensor prevFlatGrad;
    private @Nullable Tensor hDiag;
    private final List<Tensor> oldDirs = new ArrayList<>();
    private final List<Tensor> oldStps = new ArrayList<>();
    private final List<Tensor> ro = new ArrayList<>();

    /** How the length of a step is found. */
    public enum LineSearchFn {
        STRONG_WOLFE
    }

    /**
     * lr 1, maxIter 20, maxEval 1.25 · maxIter, toleranceGrad 1e-7, toleranceChange 1e-9, historySize 100, no line
     * search, unless set otherwise.
     *
     * @param lr the length of a step, the first one's at most; with a line search where it begins
     * @param maxIter how many iterations a step has at most
     * @param maxEval how often a step evaluates the loss at most; null means 1.25 · maxIter
     * @param toleranceGrad the largest element of the gradient at which it stops
     * @param toleranceChange the change of loss or parameters at which it stops
     * @param historySize how many changes are remembered
     * @param lineSearchFn how the length of a step is found; null means it is {@code lr}
     */
    public record Options(
            double lr,
            long maxIter,
            @Nullable Long maxEval,
            double toleranceGrad,
            double toleranceChange,
            long historySize,
            @Nullable LineSearchFn lineSearchFn)
            implements Optimizer.Options<Options> {
        private static final Options DEFAULT = new Options(1, 20, null, 1e-7, 1e-9, 100, null);

        public Options {
            Requirements.notNegative("lr", lr);
        }

        @Override
        public Options lr(double lr) {
            return Records.with(this, "lr", lr);
        }

        public Options maxIter(long maxIter) {
            return Records.with(this, "maxIter", maxIter);
        }

        public Options maxEval(@Nullable Long maxEval) {
            return Records.with(this, "maxEval", maxEval);
        }

        public Options toleranceGrad(double toleranceGrad) {
            return Records.with(this, "toleranceGrad", toleranceGrad);
        }

        public Options toleranceChange(double toleranceChange) {
            return Records.with(this, "toleranceChange", toleranceChange);
        }

        public Options historySize(long historySize) {
            return Records.with(this, "historySize", historySize);
        }

        public Options lineSearchFn(@Nullable LineSearchFn lineSearchFn) {
            return Records.with(this, "lineSearchFn", lineSearchFn);
        }
    }

    public LBFGS(Iterable<Parameter> params) {
        this(params, options());
    }

    public LBFGS(Iterable<Parameter> params, double lr) {
        this(params, options().lr(lr));
    }

    public LBFGS(Iterable<Parameter> params, Options options) {
        super(KEYS, params, options, options());
    }

    /** For parameters whose names the state dict is to have. */
    public LBFGS(Map<String, Parameter> params, Options options) {
        this(new NamedParameters(params), options);
    }

    /** The defaults, to be changed one by one. */
    public static Options options() {
        return Options.DEFAULT;
    }

    @Override
    Options checked(Options options) {
        return options.maxEval() == null ? options.maxEval(options.maxIter() * 5 / 4) : options;
    }

    @Override
    void requireGroup(ParamGroup<Options> group) {
        if (!paramGroups().isEmpty()) {
            throw new IllegalArgumentException("LBFGS doesn't support per-parameter options (parameter groups)");
        }
    }

    // ---- steps

    @Override
    Tensor advance(@Nullable Supplier<Tensor> closure) {
        if (closure == null) {
            throw new IllegalArgumentException(
                    "LBFGS evaluates the loss several times in a step; step(closure) is expected");
        }
        Tensor loss = evaluate(closure);
        funcEvals++;
        try (Scope scope = Scope.open();
                GradMode mode = Torch.noGrad()) {
            Tensor gradient = flatGradient();
            if (largest(gradient) > settings().toleranceGrad()) {
                iterate(closure, loss.toDouble(), gradient);
            }
        }
        return loss;
    }

    private void iterate(Supplier<Tensor> closure, double firstLoss, Tensor firstGradient) {
        Options options = settings();
        double loss = firstLoss;
        Tensor gradient = Scope.escape(firstGradient);
        long evaluations = 1;
        for (long iteration = 1; iteration <= options.maxIter(); iteration++) {
            try (Scope scope = Scope.open()) {
                nIter++;
                d = Scope.escape(nIter == 1 ? gradient.neg() : direction(gradient));
                prevFlatGrad = gradient;
                prevLoss = loss;
                t = nIter == 1 ? firstStep(gradient) : options.lr();
                double slope = gradient.dot(d).toDouble();
                if (slope > -options.toleranceChange()) {
                    return;
                }
                boolean last = iteration == options.maxIter();
                if (options.lineSearchFn() != null) {
                    StrongWolfe search = lineSearch(closure, loss, gradient, slope);
                    StrongWolfe.Point found = search.search(t);
                    t = found.step();
                    loss = found.loss();
                    gradient = Scope.escape(found.gradient());
                    move(t);
                    evaluations += search.evaluations();
                    funcEvals += search.evaluations();
                } else {
                    move(t);
                    if (!last) {
                        loss = loss(closure);
                        gradient = Scope.escape(flatGradient());
                        evaluations++;
                        funcEvals++;
                    }
                }
                if (last
                        || evaluations >= options.maxEval()
                        || largest(gradient) <= options.toleranceGrad()
                        || largest(d.mul(t)) <= options.toleranceChange()
                        || Math.abs(loss - prevLoss) < options.toleranceChange()) {
                    return;
                }
            }
        }
    }

    private double firstStep(Tensor gradient) {
        Tensor inverse = gradient.abs().sum().reciprocal();
        return inverse.toDouble() < 1
                ? inverse.mul(settings().lr()).toDouble()
                : settings().lr();
    }

    /** The gradient times the approximation of the inverse second derivative, by the two loops over the history. */
    private Tensor direction(Tensor gradient) {
        remember(gradient.sub(prevFlatGrad), d.mul(t));
        double[] shares = new double[ro.size()];
        Tensor direction = gradient.neg();
        for (int i = ro.size() - 1; i >= 0; i--) {
            shares[i] = oldStps.get(i).dot(direction).mul(ro.get(i)).toDouble();
            direction.add_(oldDirs.get(i), -shares[i]);
        }
        if (hDiag != null) {
            direction.mul_(hDiag);
        }
        for (int i = 0; i < ro.size(); i++) {
            Tensor share = oldDirs.get(i).dot(direction).mul(ro.get(i)).neg().add(shares[i]);
            direction.add_(oldStps.get(i), share.toDouble());
        }
        return direction;
    }

    private void remember(Tensor change, Tensor step) {
        Tensor curvature = change.dot(step);
        if (curvature.toDouble() <= LEAST_CURVATURE) {
            return;
        }
        if (ro.size() == settings().historySize()) {
            oldDirs.remove(0);
            oldStps.remove(0);
            ro.remove(0);
        }
        oldDirs.add(Scope.escape(change));
        oldStps.add(Scope.escape(step));
        ro.add(Scope.escape(curvature.reciprocal()));
        hDiag = Scope.escape(curvature.div(change.dot(change)));
    }

    private StrongWolfe lineSearch(Supplier<Tensor> closure, double loss, Tensor gradient, double slope) {
        List<Tensor> begin = new ArrayList<>();
        for (ParameterState state : states()) {
            begin.add(state.parameter().clone());
        }
        StrongWolfe.Objective objective = step -> {
            move(step);
            double reached = loss(closure);
            Tensor there = flatGradient();
            for (int i = 0; i < begin.size(); i++) {
                states().get(i).parameter().copy_(begin.get(i));
            }
            return new StrongWolfe.Point(step, reached, there, there.dot(d).toDouble());
        };
        StrongWolfe.Point start = new StrongWolfe.Point(0, loss, gradient, slope);
        boolean isSingle = gradient.dtype() != DType.FLOAT64;
        return new StrongWolfe(objective, start, largest(d), settings().toleranceChange(), isSingle);
    }

    private static double loss(Supplier<Tensor> closure) {
        try (Scope scope = Scope.open()) {
            return evaluate(closure).toDouble();
        }
    }

    private void move(double step) {
        long offset = 0;
        for (ParameterState state : states()) {
            Tensor parameter = ParameterState.real(state.parameter());
            long count = parameter.numel();
            parameter.add_(d.narrow(0, offset, count).viewAs(parameter), step);
            offset += count;
        }
    }

    private Tensor flatGradient() {
        List<Tensor> parts = new ArrayList<>();
        for (ParameterState state : states()) {
            Tensor gradient = state.parameter().grad();
            if (gradient == null) {
                gradient = Torch.zerosLike(state.parameter());
            } else if (gradient.layout() != Layout.STRIDED) {
                gradient = gradient.toDense();
            }
            parts.add(ParameterState.real(gradient).reshape(-1));
        }
        return Torch.cat(parts, 0);
    }

    private static double largest(Tensor tensor) {
        return tensor.abs().max().toDouble();
    }

    private Options settings() {
        return paramGroups().get(0).options();
    }

    private List<ParameterState> states() {
        return paramGroups().get(0).states();
    }

    @Override
    void update(Batch batch, Options options) {
        throw new AssertionError("a step of LBFGS has no batches");
    }

    // ---- state

    /** As in Python the state is that of the first parameter. */
    @Override
    Map<String, @Nullable Object> toPython(ParameterState state) {
        Map<String, Object> values = new LinkedHashMap<>();
        if (state != states().get(0) || funcEvals == 0) {
            return values;
        }
        values.put("func_evals", funcEvals);
        values.put("n_iter", nIter);
        if (d != null) {
            values.put("d", d);
            values.put("t", t);
            values.put("old_dirs", List.copyOf(oldDirs));
            values.put("old_stps", List.copyOf(oldStps));
            values.put("ro", List.copyOf(ro));
            values.put("H_diag", hDiag == null ? (Object) 1L : hDiag);
            values.put("prev_flat_grad", prevFlatGrad);
            values.put("prev_loss", prevLoss);
            // What Python keeps between its loops only; it is overwritten before it is read.
            values.put("al", Collections.nCopies((int) settings().historySize(), null));
        }
        return values;
    }

    @Override
    void load(ParameterState state, Map<?, ?> saved) {
        if (state != states().get(0)) {
            return;
        }
        funcEvals = saved.get("func_evals") instanceof Number count ? count.longValue() : 0;
        nIter = saved.get("n_iter") instanceof Number count ? count.longValue() : 0;
        d = copy(saved.get("d"));
        t = number(saved.get("t"));
        prevLoss = number(saved.get("prev_loss"));
        prevFlatGrad = copy(saved.get("prev_flat_grad"));
        hDiag = saved.get("H_diag") instanceof Tensor tensor ? copy(tensor) : null;
        copyAll(saved.get("old_dirs"), oldDirs);
        copyAll(saved.get("old_stps"), oldStps);
        copyAll(saved.get("ro"), ro);
    }

    private void copyAll(@Nullable Object saved, List<Tensor> into) {
        into.clear();
        if (saved instanceof List<?> list) {
            list.forEach(element -> into.add(copy(element)));
        }
    }

    private @Nullable Tensor copy(@Nullable Object saved) {
        if (!(saved instanceof Tensor tensor)) {
            return null;
        }
        Tensor like = ParameterState.real(states().get(0).parameter());
        return Scope.escape(tensor.to(like.device()).to(like.dtype()).clone());
    }

    private static double number(@Nullable Object saved) {
        return saved == null ? 0 : ParameterState.toDouble(saved);
    }
}
