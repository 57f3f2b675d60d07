package org.torchbridge.optim;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.UnaryOperator;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.nn.Parameter;

/** The optimizers that tests/python/make_optim.py makes, by the same names. */
final class Rows {
    static final int STEPS = 20;

    static final Map<String, Function<List<Parameter>, Optimizer<?>>> DENSE = new LinkedHashMap<>();
    static final Map<String, Function<List<Parameter>, Optimizer<?>>> SPARSE = new LinkedHashMap<>();
    static final List<String> COMPLEX = List.of(
            "sgd_momentum",
            "rmsprop_centered",
            "adam_options",
            "adamw_options",
            "adamax",
            "adadelta",
            "adagrad_options",
            "asgd_options",
            "rprop_options");

    static {
        DENSE.put("sgd", p -> new SGD(p, 0.1));
        DENSE.put("sgd_momentum", p -> new SGD(p, sgd().momentum(0.9)));
        DENSE.put(
                "sgd_dampening",
                p -> new SGD(p, sgd().momentum(0.9).dampening(0.3).weightDecay(0.01)));
        DENSE.put(
                "sgd_nesterov",
                p -> new SGD(p, sgd().momentum(0.8).nesterov(true).weightDecay(0.1)));
        DENSE.put("sgd_maximize", p -> new SGD(p, sgd().momentum(0.5).maximize(true)));
        DENSE.put("rmsprop", RMSprop::new);
        DENSE.put(
                "rmsprop_options",
                p -> new RMSprop(p, RMSprop.options().alpha(0.9).eps(1e-6).weightDecay(0.1)));
        DENSE.put(
                "rmsprop_momentum",
                p -> new RMSprop(p, RMSprop.options().momentum(0.9).maximize(true)));
        DENSE.put(
                "rmsprop_centered",
                p -> new RMSprop(p, RMSprop.options().centered(true).momentum(0.5)));
        DENSE.put("adam", Adam::new);
        DENSE.put("adam_options", p -> new Adam(p, adam()));
        DENSE.put("adam_amsgrad", p -> new Adam(p, Adam.options().lr(0.02).amsgrad(true)));
        DENSE.put("adam_maximize", p -> new Adam(p, Adam.options().lr(0.02).maximize(true)));
        DENSE.put("adam_decoupled", p -> new Adam(p, adam().decoupledWeightDecay(true)));
        DENSE.put("adamw", AdamW::new);
        DENSE.put("adamw_options", p -> new AdamW(p, adam()));
        DENSE.put(
                "adamw_amsgrad",
                p -> new AdamW(p, AdamW.options().lr(0.02).amsgrad(true).maximize(true)));
        DENSE.put("nadam", NAdam::new);
        DENSE.put("nadam_options", p -> new NAdam(p, nadam().momentumDecay(0.01)));
        DENSE.put(
                "nadam_decoupled",
                p -> new NAdam(p, nadam().decoupledWeightDecay(true).maximize(true)));
        DENSE.put("radam", RAdam::new);
        DENSE.put("radam_options", p -> new RAdam(p, radam()));
        DENSE.put(
                "radam_decoupled",
                p -> new RAdam(p, radam().decoupledWeightDecay(true).maximize(true)));
        DENSE.put("adamax", Adamax::new);
        DENSE.put(
                "adamax_options",
                p -> new Adamax(
                        p,
                        Adamax.options()
                                .lr(0.02)
                                .betas(0.8, 0.99)
                                .eps(1e-6)
                                .weightDecay(0.1)
                                .maximize(true)));
        DENSE.put("adadelta", Adadelta::new);
        DENSE.put(
                "adadelta_options",
                p -> new Adadelta(
                        p,
                        Adadelta.options()
                                .lr(0.5)
                                .rho(0.8)
                                .eps(1e-5)
                                .weightDecay(0.1)
                                .maximize(true)));
        DENSE.put("adagrad", Adagrad::new);
        DENSE.put(
                "adagrad_options",
                p -> new Adagrad(p, adagrad().weightDecay(0.1).eps(1e-6).maximize(true)));
        DENSE.put("asgd", ASGD::new);
        DENSE.put(
                "asgd_options",
                p -> new ASGD(
                        p,
                        ASGD.options()
                                .lr(0.1)
                                .lambd(0.01)
                                .alpha(0.5)
                                .t0(3)
                                .weightDecay(0.1)
                                .maximize(true)));
        DENSE.put("rprop", Rprop::new);
        DENSE.put(
                "rprop_options",
                p -> new Rprop(
                        p,
                        Rprop.options()
                                .lr(0.1)
                                .etas(0.6, 1.5)
                                .stepSizes(0.01, 0.2)
                                .maximize(true)));
        DENSE.put("adafactor", Adafactor::new);
        DENSE.put(
                "adafactor_options",
                p -> new Adafactor(
                        p,
                        Adafactor.options()
                                .lr(0.05)
                                .beta2Decay(-0.5)
                                .eps(0.3, 0.01)
                                .d(1.5)
                                .weightDecay(0.1)
                                .maximize(true)));
        DENSE.put("muon", Muon::new);
        DENSE.put(
                "muon_options",
                p -> new Muon(
                        p,
                        Muon.options()
                                .lr(0.02)
                                .weightDecay(0.3)
                                .momentum(0.8)
                                .nesterov(false)
                                .nsCoefficients(3, -4, 2)
                                .eps(0.5)
                                .nsSteps(4)
                                .adjustLrFn(Muon.AdjustLrFn.MATCH_RMS_ADAMW)
                                .useAddmm(true)));

        SPARSE.put("sgd", p -> new SGD(p, sgd().maximize(true)));
        SPARSE.put("sgd_nesterov", p -> new SGD(p, sgd().momentum(0.9).nesterov(true)));
        SPARSE.put("adagrad", p -> new Adagrad(p, adagrad()));
        SPARSE.put("sparse_adam", SparseAdam::new);
        SPARSE.put(
                "sparse_adam_options",
                p -> new SparseAdam(
                        p,
                        SparseAdam.options().lr(0.02).betas(0.8, 0.99).eps(1e-6).maximize(true)));
    }

    private Rows() {}

    static List<Parameter> dense(String name) {
        long[] second = name.startsWith("muon") ? new long[] {2, 5} : new long[] {5};
        return List.of(new Parameter(Torch.randn(4, 3)), new Parameter(Torch.randn(second)));
    }

    static List<Parameter> sparse() {
        return List.of(new Parameter(Torch.randn(4, 3)), new Parameter(Torch.randn(4, 3)));
    }

    static Tensor denseGradient(Tensor parameter) {
        return Torch.randn(parameter.shape(), parameter.dtype());
    }

    static Tensor sparseGradient(Tensor parameter) {
        Tensor indices = Torch.tensor(new long[][] {{2, 0, 2}});
        return Torch.sparseCooTensor(indices, Torch.randn(3, 3), parameter.shape());
    }

    /** Takes steps with drawn gradients; the last parameter has none in the third step. */
    static void steps(
            Optimizer<?> optimizer,
            List<Parameter> parameters,
            int first,
            int last,
            UnaryOperator<Tensor> gradient,
            IntConsumer visit) {
        for (int step = first; step <= last; step++) {
            for (Parameter parameter : parameters) {
                parameter.tensor().grad(gradient.apply(parameter.tensor()));
            }
            if (step == 3) {
                parameters.get(parameters.size() - 1).tensor().grad(null);
            }
            optimizer.step();
            visit.accept(step);
        }
    }

    private static SGD.Options sgd() {
        return SGD.options().lr(0.1);
    }

    private static Adam.Options adam() {
        return Adam.options().lr(0.02).betas(0.8, 0.99).eps(1e-6).weightDecay(0.1);
    }

    private static NAdam.Options nadam() {
        return NAdam.options().lr(0.02).betas(0.8, 0.99).eps(1e-6).weightDecay(0.1);
    }

    private static RAdam.Options radam() {
        return RAdam.options().lr(0.02).betas(0.8, 0.99).eps(1e-6).weightDecay(0.1);
    }

    private static Adagrad.Options adagrad() {
        return Adagrad.options().lr(0.1).lrDecay(0.05).initialAccumulatorValue(0.5);
    }
}
